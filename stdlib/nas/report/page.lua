--- A report as one HTML file, which needs nothing beside it and fetches nothing: text, tables with
-- intervals, plots as SVG, settings that can be folded away, and a list of contents.
--
--     local report = nas.report.new("Longer training", { subtitle = "NAS-Bench-201, three seeds" })
--     report:heading "Figure 1"
--     report:paragraph "Correlation with the truth over epochs."
--     report:plot(figure, { caption = "Mean and range of three seeds." })
--     report:table({ "epochs", "Spearman" }, { { 16, { 0.42, 0.31, 0.52 } } })
--     report:settings(run:description())
--     report:save "report.html"
--
-- Whatever a caller gives is text: it is escaped where it is written, and nothing of it is read as
-- HTML. The same calls make the same bytes. A policy in the file forbids browsers to fetch
-- anything.

local arguments = require "nas.inner.arguments"
local cells = require "nas.report.cells"
local options = require "nas.inner.options"
local style = require "nas.report.style"

local page = {}

local Report = {}
Report.__index = Report
Report.__name = "Report"

local entities = {
  ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;",
}

--- Text as HTML shows it. What no HTML can hold, control characters and bytes that are not UTF-8,
-- is replaced.
local function escaped(text)
  if not utf8.len(text) then text = text:gsub("[\128-\255]+", "\u{FFFD}") end
  return (text:gsub("[\0-\8\11-\31\127]", "\u{FFFD}"):gsub("[&<>\"']", entities))
end

local function requireText(name, what, value)
  local fault = options.fault(value, { type = "string" })
  if fault then error(("%s: %s: %s"):format(name, what, fault), 3) end
end

local function add(self, text)
  self.parts[#self.parts + 1] = text
  return self
end

local headingRules = { level = { type = "integer", minimum = 2, maximum = 4, default = 2 } }

--- A heading, which the list of contents has too. Options: `level`, 2 (default) to 4.
function Report:heading(text, given)
  local settings = options.check("heading", given, headingRules)
  requireText("heading", "text", text)
  local id = "section-" .. #self.headings + 1
  self.headings[#self.headings + 1] = { id = id, text = text, level = settings.level }
  return add(self, ('<h%d id="%s">%s</h%d>'):format(
    settings.level, id, escaped(text), settings.level))
end

--- A paragraph of text; an empty line in it begins another.
function Report:paragraph(text)
  requireText("paragraph", "text", text)
  for part in (text:gsub("\r\n?", "\n") .. "\n\n"):gmatch "(.-)\n[ \t]*\n%s*" do
    if part:find "%S" then add(self, ("<p>%s</p>"):format(escaped(part))) end
  end
  return self
end

--- Text as it is, in letters of one width: a command, a drawing for terminals.
function Report:code(text)
  requireText("code", "text", text)
  return add(self, ("<pre>%s</pre>"):format(escaped(text)))
end

--- Rows of cells as HTML, and which columns hold figures only.
local function tableRows(name, headers, rows)
  local texts, numeric = {}, {}
  for column in ipairs(headers) do numeric[column] = #rows > 0 end
  for index, row in ipairs(rows) do
    if type(row) ~= "table" or #row > #headers then
      error(("%s: row %d: expected a table of at most %d cells, got %s"):format(
        name, index, #headers, type(row) == "table" and #row or options.shown(row)), 3)
    end
    texts[index] = {}
    for column in ipairs(headers) do
      local text, interval = cells.text(row[column])
      if not text then
        error(("%s: row %d, cell %d: %s"):format(name, index, column, interval), 3)
      end
      numeric[column] = numeric[column] and (text == "" or cells.isNumeric(text))
      texts[index][column] = escaped(text)
        .. (interval and (' <span class="interval">%s</span>'):format(escaped(interval)) or "")
    end
  end
  return texts, numeric
end

local tableRules = { caption = { type = "string" } }

--- A table, from headers and rows as `nas.report.table` takes them. Options: `caption`.
function Report:table(headers, rows, given)
  local settings = options.check("table", given, tableRules)
  if type(headers) ~= "table" or type(rows) ~= "table" or #headers == 0 then
    error("table: expected an array of headers and an array of rows", 2)
  end
  local texts, numeric = tableRows("table", headers, rows)
  local lines = { '<div class="scroll"><table>' }
  if settings.caption then
    lines[2] = ("<caption>%s</caption>"):format(escaped(settings.caption))
  end
  local function line(list, tag)
    local parts = {}
    for column, text in ipairs(list) do
      local class = numeric[column] and ' class="n"' or ""
      parts[column] = ("<%s%s>%s</%s>"):format(tag, class, text, tag)
    end
    return "<tr>" .. table.concat(parts) .. "</tr>"
  end
  local names = {}
  for column, header in ipairs(headers) do names[column] = escaped(tostring(header)) end
  lines[#lines + 1] = "<thead>" .. line(names, "th") .. "</thead><tbody>"
  for _, row in ipairs(texts) do lines[#lines + 1] = line(row, "td") end
  lines[#lines + 1] = "</tbody></table></div>"
  return add(self, table.concat(lines, "\n"))
end

--- An SVG to stand in a page with others: its names are its own, and what it shows is said.
local function inlined(svg, prefix, description)
  svg = svg:gsub("^%s*<%?xml.-%?>%s*", "")
  svg = svg:gsub("<[^>]*>", function(tag)
    return (tag:gsub("( id=['\"])", "%1" .. prefix):gsub("(href=['\"]#)", "%1" .. prefix)
      :gsub("(url%(['\"]?#)", "%1" .. prefix))
  end)
  return (svg:gsub("^<svg", function()
    return ('<svg role="img" aria-label="%s"'):format(escaped(description))
  end))
end

local plotRules = { caption = { type = "string" }, description = { type = "string" } }

--- A plot, drawn by gnuplot. Options: `caption`, a line below it; `description`, what it shows, for
-- those who can't see it: the caption or the plot's title unless given.
function Report:plot(plot, given)
  local settings = options.check("plot", given, plotRules)
  local meta = getmetatable(plot)
  if type(meta) ~= "table" or rawget(meta, "__name") ~= "nas.plot" then
    error("plot: expected a plot, got " .. options.shown(plot), 2)
  end
  local succeeded, svg = pcall(plot.svg, plot)
  if not succeeded then
    -- What Ctrl-C raises is no text and goes on as it is.
    if type(svg) ~= "string" then error(svg, 0) end
    error("plot: " .. svg:gsub("^.-nas%.plot: svg: ", ""), 2)
  end
  self.pictures = self.pictures + 1
  local description = settings.description or settings.caption or plot.title or "a plot"
  local caption = settings.caption
    and ("\n<figcaption>%s</figcaption>"):format(escaped(settings.caption)) or ""
  return add(self, ('<figure><div class="scroll">%s</div>%s</figure>'):format(
    inlined(svg, ("plot%d-"):format(self.pictures), description), caption))
end

--- A setting's value as a text on one line.
local function settingText(value)
  if type(value) ~= "table" then return tostring(value) end
  local succeeded, text = pcall(require "nas.json".encode, value)
  return succeeded and text or tostring(value)
end

local settingsRules = {
  title = { type = "string", default = "Settings" }, open = { type = "boolean", default = false },
}

--- Settings by name, folded away until they are asked for: a table of them, in the order of their
-- names, or a list of { name, value }. Options: `title` ("Settings"), `open` (false).
function Report:settings(values, given)
  local settings = options.check("settings", given, settingsRules)
  local fault = options.fault(values, { type = "table" })
  if fault then error("settings: " .. fault, 2) end
  local pairs_ = {}
  if #values > 0 then
    for index, one in ipairs(values) do
      if type(one) ~= "table" or one[1] == nil then
        error(("settings: item %d: expected { name, value }, got %s"):format(
          index, options.shown(one)), 2)
      end
      pairs_[index] = { tostring(one[1]), settingText(one[2]) }
    end
  else
    for name, value in pairs(values) do
      pairs_[#pairs_ + 1] = { tostring(name), settingText(value) }
    end
    table.sort(pairs_, function(one, other)
      if one[1] ~= other[1] then return one[1] < other[1] end
      return one[2] < other[2]
    end)
  end
  local lines = {
    ("<details%s><summary>%s</summary>"):format(settings.open and " open" or "",
      escaped(settings.title)),
    '<div class="scroll"><table><tbody>',
  }
  for _, one in ipairs(pairs_) do
    lines[#lines + 1] = ("<tr><th scope=\"row\">%s</th><td>%s</td></tr>"):format(
      escaped(one[1]), escaped(one[2]))
  end
  lines[#lines + 1] = "</tbody></table></div></details>"
  return add(self, table.concat(lines, "\n"))
end

--- The list of contents: headings within those above them.
local function contents(headings)
  if #headings < 2 then return "" end
  local lines, depth = { '<nav aria-label="Contents"><p>Contents</p>' }, 1
  for _, heading in ipairs(headings) do
    -- A heading is at most one step deeper than that before it, whatever its level.
    local level = math.min(heading.level, depth + 1)
    if level > depth then
      lines[#lines + 1] = "<ul>"
    else
      lines[#lines + 1] = "</li>" .. ("</ul></li>"):rep(depth - level)
    end
    depth = level
    lines[#lines + 1] = ('<li><a href="#%s">%s</a>'):format(heading.id, escaped(heading.text))
  end
  lines[#lines + 1] = "</li>" .. ("</ul></li>"):rep(depth - 2) .. "</ul></nav>"
  return table.concat(lines, "\n")
end

--- The whole report as HTML.
function Report:html()
  local subtitle = self.subtitle
    and ('<p class="subtitle">%s</p>\n'):format(escaped(self.subtitle)) or ""
  return table.concat {
    '<!DOCTYPE html>\n<html lang="', escaped(self.language), '">\n<head>\n<meta charset="utf-8">\n',
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; ',
    'style-src \'unsafe-inline\'">\n',
    "<title>", escaped(self.title), "</title>\n<style>\n", style, "</style>\n</head>\n<body>\n",
    "<header>\n<h1>", escaped(self.title), "</h1>\n", subtitle, "</header>\n",
    contents(self.headings), "\n<main>\n", table.concat(self.parts, "\n"),
    "\n</main>\n</body>\n</html>\n",
  }
end

--- Writes the report, a .html file, which appears under its name once it is whole.
function Report:save(path)
  if type(path) ~= "string" or not path:lower():find "%.html?$" then
    error("save: expected a file name that ends in .html, got " .. options.shown(path), 2)
  end
  local written, why = require "nas.inner.files".write(path, self:html())
  if not written then error("save: " .. why, 2) end
end

Report.__tostring = function(self)
  return ("Report '%s': %d headings, %d parts, %d of them plots"):format(
    self.title, #self.headings, #self.parts, self.pictures)
end

arguments.class(Report)

local rules = { subtitle = { type = "string" }, language = { type = "string", default = "en" } }

--- A report with nothing in it yet.
function page.new(title, given)
  local settings = options.check("nas.report.new", given, rules)
  local fault = options.fault(title, { type = "string" })
  if fault then error("nas.report.new: title: " .. fault, 2) end
  return setmetatable({
    title = title, subtitle = settings.subtitle, language = settings.language, parts = {},
    headings = {}, pictures = 0,
  }, Report)
end

return page
