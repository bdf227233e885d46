--- Typed or pasted source as a chunk: what it gives, whether it goes on, what it hides.

local blocks = {}

-- Held here, for a script may change the globals of the session it is typed in.
local concat, loadText = table.concat, load

local function load(source) return loadText(source, "=stdin", "t") end

local function isUnfinished(fault) return fault:find "<eof>$" ~= nil end

--- Without the "=" that Lua's users write before an expression.
local function plain(source)
  local rest = source:match "^=(.*)$"
  return rest or source, rest ~= nil
end

--- What `expression` calls.
local function results(...) return ... end

--- A chunk that returns an expression, by calling its argument, `results`, with it: were the
-- expression itself what is returned, a call in it would take the chunk's place, and an error would
-- have no position.
local function expression(before, source)
  local chunk, fault = load(before .. "return " .. source)
  if not chunk or (before .. source):find("...", 1, true) then return chunk, fault end
  return load(before .. "return (...)(" .. source .. "\n)") or chunk, results
end

--- Whether the source ends in a semicolon, which keeps results from being shown.
function blocks.isHidden(source) return source:find ";%s*$" ~= nil end

--- A block of lines whose last ones are an expression, as a chunk that returns it.
--
-- What precedes must be whole by itself, and the expression must begin with a name: so Lua too
-- would have it begin a statement there.
local function blockWithResult(source)
  local lines = {}
  for line in (source .. "\n"):gmatch "(.-)\n" do lines[#lines + 1] = line end
  for first = #lines, math.max(2, #lines - 50), -1 do
    local last = concat(lines, "\n", first)
    if last:find "^%s*[%a_]" and load("return " .. last:gsub("[;%s]+$", "")) then
      local before = concat(lines, "\n", 1, first - 1)
      if load(before) then
        return expression(before .. "\n", (last:gsub("[;%s]+$", "")))
      end
    end
  end
end

--- The chunk, and its argument; or nil, what is wrong, and whether more lines could mend it.
function blocks.compile(source)
  local text, isExpression = plain(source)
  local body = text
  if blocks.isHidden(text) then body = text:gsub("[;%s]+$", "") end
  local chunk, fault = expression("", body)
  if chunk then return chunk, fault end
  if isExpression then return nil, fault, isUnfinished(fault) end
  local goesOn = isUnfinished(fault)
  if text:find("\n", 1, true) then
    local argument
    chunk, argument = blockWithResult(text)
    if chunk then return chunk, argument end
  end
  chunk, fault = load(text)
  if chunk then return chunk end
  return nil, fault, goesOn or isUnfinished(fault)
end

--- Longer sources are no slips.
local LONGEST = 2000

--- The name that an entry declares as a local, where it does nothing else, so that the name is gone
-- with it.
function blocks.lonelyLocal(source)
  local name = source:match "^%s*local%s+([%a_][%w_]*)"
  if not name or #source > LONGEST then return nil end
  if name == "function" then name = source:match "^%s*local%s+function%s+([%a_][%w_]*)" end
  -- Is there a place where one statement ends and another begins?
  source = source:gsub("^%s+", "")
  for place in source:gmatch "()[%s;]+" do
    local rest = source:sub(place):gsub("^[%s;]+", "")
    if rest ~= "" and not rest:find "^%-%-" and load(source:sub(1, place - 1)) and load(rest) then
      return nil
    end
  end
  return name
end

return blocks
