--- What a figure or a table of the paper shows: paragraphs, tables and plots, in order. It is
-- printed, put into a report, and told apart from what another run shows by digests.
--
-- Invariant: a digest is of the numbers, to the last bit, not of how they are drawn.

local engine = require "nas.native.description"
local exact = require "nas.description.exact"
local reported = require "nas.paper.reported"
local reports = require "nas.report"

local section = {}

local Section = {}
Section.__index = Section

function section.new(name, title, about)
  return setmetatable({ name = name, title = title, about = about, parts = {} }, Section)
end

local function add(self, kind, part)
  part.kind = kind
  self.parts[#self.parts + 1] = part
  return self
end

--- A heading within the section.
function Section:heading(text) return add(self, "heading", { text = text }) end

function Section:paragraph(text) return add(self, "paragraph", { text = text }) end

--- A table, of cells as `nas.report.table` takes them.
function Section:table(caption, headers, rows)
  if #rows == 0 then return self:paragraph(caption .. ": nothing is finished.") end
  return add(self, "table", { caption = caption, headers = headers, rows = rows })
end

--- A long list of { name, text }, which a report folds away, and a terminal only counts.
function Section:details(caption, pairs_)
  return add(self, "details", { caption = caption, pairs = pairs_ })
end

--- A plot; `numbers` are what it shows, which tells it from others.
function Section:plot(caption, plot, numbers)
  return add(self, "plot", { caption = caption, plot = plot, numbers = numbers })
end

--- What the paper has of this figure.
function Section:reported()
  for _, one in ipairs(reported[self.name] or {}) do
    add(self, "reported", {
      caption = "The paper: " .. one.place, text = one.text, headers = one.headers, rows = one.rows,
    })
  end
  return self
end

-- Digests

--- A value as text, numbers to the last bit and names in order.
local function canonical(value)
  if type(value) == "number" then return exact(value) end
  if type(value) ~= "table" then return tostring(value) end
  local meta = getmetatable(value)
  if meta and meta.__tostring then return tostring(value) end
  local names, texts = {}, {}
  for name in pairs(value) do names[#names + 1] = name end
  table.sort(names, function(one, other) return tostring(one) < tostring(other) end)
  for index, name in ipairs(names) do
    texts[index] = ("%s=%s"):format(tostring(name), canonical(value[name]))
  end
  return "{" .. table.concat(texts, ",") .. "}"
end

--- The digests of what was found, by captions, in order: what the paper has is not among them.
function Section:digests()
  local list = {}
  for _, part in ipairs(self.parts) do
    if part.kind == "table" then
      list[#list + 1] = {
        caption = part.caption, digest = engine.digest(canonical { part.headers, part.rows }),
      }
    elseif part.kind == "details" then
      list[#list + 1] = { caption = part.caption, digest = engine.digest(canonical(part.pairs)) }
    elseif part.kind == "plot" then
      list[#list + 1] = { caption = part.caption, digest = engine.digest(canonical(part.numbers)) }
    end
  end
  return list
end

-- Showing

local shown = {
  heading = function(part) return "\n" .. part.text .. "\n" .. ("-"):rep(#part.text) end,
  paragraph = function(part) return part.text end,
  table = function(part) return part.caption .. "\n" .. reports.table(part.headers, part.rows) end,
  details = function(part)
    return ("%s: %d lines, which a report has."):format(part.caption, #part.pairs)
  end,
  plot = function(part) return part.caption .. "\n" .. tostring(part.plot) end,
  reported = function(part)
    local text = part.caption .. "\n" .. (part.text or "")
    return part.headers and text .. "\n" .. reports.table(part.headers, part.rows) or text
  end,
}

--- The section for a terminal.
function Section:text()
  local texts = { self.title, ("="):rep(#self.title), self.about }
  for _, part in ipairs(self.parts) do texts[#texts + 1] = "\n" .. shown[part.kind](part) end
  return table.concat(texts, "\n") .. "\n"
end

local written = {
  heading = function(page, part) page:heading(part.text, { level = 3 }) end,
  paragraph = function(page, part) page:paragraph(part.text) end,
  table = function(page, part)
    page:table(part.headers, part.rows, { caption = part.caption })
  end,
  details = function(page, part) page:settings(part.pairs, { title = part.caption }) end,
  plot = function(page, part) page:plot(part.plot, { caption = part.caption }) end,
  reported = function(page, part)
    if part.headers then
      page:table(part.headers, part.rows, { caption = part.caption })
      if part.text then page:paragraph(part.text) end
    else
      page:paragraph(("%s. %s"):format(part.caption, part.text))
    end
  end,
}

--- The section as a part of a report.
function Section:write(page)
  page:heading(self.title)
  page:paragraph(self.about)
  for _, part in ipairs(self.parts) do written[part.kind](page, part) end
end

--- Writes the section's plots as pictures into a folder.
function Section:savePictures(folder)
  local number = 0
  for _, part in ipairs(self.parts) do
    if part.kind == "plot" then
      number = number + 1
      part.plot:save(("%s/%s-%d.svg"):format(folder, self.name, number))
    end
  end
end

return section
