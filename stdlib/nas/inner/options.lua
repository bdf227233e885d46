--- Named arguments, checked against a table that declares them.
--
-- A function that takes `{ name = value, ... }` declares each name once, as a rule, and receives a
-- new table in which every value has its declared type and bounds, and absent ones their defaults.
-- A misspelt name is never ignored, nor is a value without a name; a function that takes a list in
-- the same table declares it by a rule at 1, and reads it itself.
--
-- A rule is a table with these fields, all but the first optional:
--
--   type       "number" (finite), "integer", "string", "boolean", "table", "function" or "any"
--   default    the value when the name is absent
--   required   true when the name must be given
--   minimum, maximum, above    bounds of a number: at least, at most, greater than
--   choices    array of the values allowed
--   given      true where it is not allowed to be absent (of what another option needs)
--   needs      array of `{ option, rule, why }`: what is given is an error where another option is
--              not what a rule allows, since it would then do nothing; `why`, which may be absent,
--              says so
--   excludes   texts by the names of options that it is not given beside, which say why
--   never      why it is not given at all, where that is worth more than "unknown option"
--   idle       a value that does nothing, and so is never in the way of `needs` and `excludes`
--   changes    false where the option cannot change what is computed (see `options.deciding`)

local spelling = require "nas.inner.spelling"

local options = {}

local articles = { integer = "an integer", any = "anything" }

--- What a rule allows, in words: "an integer of at least 1".
function options.expectation(rule)
  if rule.choices then
    local shown = {}
    for index, choice in ipairs(rule.choices) do shown[index] = tostring(choice) end
    return "one of " .. table.concat(shown, ", ")
  end
  local bounds = {}
  if rule.minimum then bounds[#bounds + 1] = ("at least %s"):format(rule.minimum) end
  if rule.above then bounds[#bounds + 1] = ("more than %s"):format(rule.above) end
  if rule.maximum then bounds[#bounds + 1] = ("at most %s"):format(rule.maximum) end
  local kind = articles[rule.type] or "a " .. rule.type
  if #bounds == 0 then return kind end
  return kind .. " of " .. table.concat(bounds, " and ")
end

--- Whether a number is neither infinite nor NaN.
function options.isFinite(value)
  return value == value and value ~= math.huge and value ~= -math.huge
end

local function hasType(value, wanted)
  if wanted == "any" then return true end
  if wanted == "integer" then return math.tointeger(value) ~= nil and type(value) == "number" end
  if wanted == "number" then return type(value) == "number" and options.isFinite(value) end
  return type(value) == wanted
end

local function isAllowed(value, rule)
  if rule.given and value == nil or not hasType(value, rule.type) then return false end
  if rule.choices then
    for _, choice in ipairs(rule.choices) do
      if choice == value then return true end
    end
    return false
  end
  return not (rule.minimum and value < rule.minimum or rule.maximum and value > rule.maximum
    or rule.above and value <= rule.above)
end

--- A value as an error message shows it: strings quoted and cut, tables by their type.
function options.shown(value)
  if type(value) == "string" then
    return #value > 60 and ("'%s...'"):format(value:sub(1, 60)) or ("'%s'"):format(value)
  end
  if value == nil then return "nothing" end
  if value ~= value then return "nan" end
  if type(value) == "number" or type(value) == "boolean" then return tostring(value) end
  return "a " .. type(value)
end

--- nil when the rule allows the value, otherwise "expected an integer of at least 1, got -3".
function options.fault(value, rule)
  if isAllowed(value, rule) then return nil end
  return ("expected %s, got %s"):format(options.expectation(rule), options.shown(value))
end

--- The value that a rule makes of a given one, or nil and the fault, to follow the name.
local function completed(value, rule)
  if value == nil then
    if not rule.required then return rule.default end
    local expected = rule.type ~= "any" and ": expected " .. options.expectation(rule) or ""
    return nil, " is missing" .. expected
  end
  local fault = options.fault(value, rule)
  if fault then return nil, ": " .. fault end
  return rule.type == "integer" and math.tointeger(value) or value
end

--- Why an option that is given would do nothing; nil where it does something.
local function uselessness(key, rule, given, values)
  if rule.never then return rule.never end
  if values[key] == rule.idle and rule.idle ~= nil then return nil end
  for other, why in pairs(rule.excludes or {}) do
    if given[other] ~= nil then
      return ("is given beside %s, %s: give one of the two"):format(other, why)
    end
  end
  for _, need in ipairs(rule.needs or {}) do
    local other, allowed, why = need[1], need[2], need[3]
    if not isAllowed(values[other], allowed) then
      return why or ("needs %s to be %s, and it is %s"):format(
        other, options.expectation(allowed), options.shown(values[other]))
    end
  end
end

--- The values of `given`, checked and completed; `rules` maps each known name to its rule. An
-- option that would do nothing beside the others is an error. An error carries the position at
-- `level`, which by default is where the caller, the function `name`, was called; 0 for none.
function options.check(name, given, rules, level)
  level = level or 3
  if given == nil then given = {} end
  if type(given) ~= "table" then
    local text = "%s: expected a table of options, got %s"
    error(text:format(name, options.shown(given)), level)
  end
  for key in pairs(given) do
    if type(key) ~= "string" and not (math.type(key) == "integer" and rules[1]) then
      local text = "%s: options are named, but there is a key %s"
      error(text:format(name, options.shown(key)), level)
    end
    if type(key) == "string" and not rules[key] then
      local known = {}
      for declared in pairs(rules) do
        if declared ~= 1 then known[#known + 1] = declared end
      end
      local text = spelling.unknown("option", key, known)
      error(("%s: %s"):format(name, text), level)
    end
  end
  local values = {}
  for key, rule in pairs(rules) do
    if key ~= 1 then
      local value, fault = completed(given[key], rule)
      if fault then error(("%s: %s%s"):format(name, key, fault), level) end
      values[key] = value
    end
  end
  for key, rule in pairs(rules) do
    local fault = key ~= 1 and given[key] ~= nil and uselessness(key, rule, given, values)
    if fault then error(("%s: %s: %s"):format(name, key, fault), level) end
  end
  return values
end

--- Those values, as `check` gives them, that decide what is computed.
function options.deciding(values, rules)
  local deciding = {}
  for key, rule in pairs(rules) do
    if rule.changes ~= false then deciding[key] = values[key] end
  end
  return deciding
end

return options
