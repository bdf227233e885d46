--- gnuplot's SVG made small, and fit to stand in a page: without what it says of itself, without
-- shapes that nothing uses and groups that hold nothing, its colours and numbers in their shortest
-- form. The picture stays the same, to a hundredth of a pixel.
--
-- Only tags are changed, texts never: of what stands in them gnuplot escapes the < that begins a
-- tag.

local svg = {}

local function hex(red, green, blue)
  return ("#%02x%02x%02x"):format(red, green, blue)
end

--- A polygon of four corners that is an upright rectangle, as a path of half the length.
local function rectangle(fill, points)
  local x1, y1, x2, y2, x3, y3, x4, y4, rest = points:match(
    "^%s*([%d.-]+),([%d.-]+) ([%d.-]+),([%d.-]+) ([%d.-]+),([%d.-]+) ([%d.-]+),([%d.-]+)(.-)%s*$")
  if not x1 or rest ~= "" or x1 ~= x4 or x2 ~= x3 or y1 ~= y2 or y3 ~= y4 then return nil end
  return ("<path fill='%s' d='M%s %sH%sV%sH%sz'/>"):format(fill, x1, y1, x2, y3, x1)
end

--- A tag in its short form.
local function shortened(tag)
  tag = tag:gsub("%s+", " "):gsub(" = ", "="):gsub(" ?(/?)>$", "%1>"):gsub(" '", "'")
  tag = tag:gsub("rgb%( ?(%d+), ?(%d+), ?(%d+)%)", hex)
  tag = tag:gsub(" font%-family=\"[^\"]*\"", "")
  tag = tag:gsub("(%d%.%d-)0+([^%d.])", "%1%2"):gsub("(%d)%.([^%d])", "%1%2")
  local fill, points = tag:match "^<polygon fill='(#%x+)' points='([^']*)'/>$"
  return fill and rectangle(fill, points) or tag
end

--- Definitions of shapes without those that are never used, by their name or by one that is.
local function used(text)
  local before, definitions, after = text:match "^(.-)<defs>(.-)</defs>(.*)$"
  if not before then return text end
  local wanted, byName, order = {}, {}, {}
  for line in definitions:gmatch "<[^\n]*" do
    local name = line:match "^<[^>]- id='([^']*)'"
    if name then
      byName[name], order[#order + 1] = line, name
    elseif #order > 0 then
      byName[order[#order]] = byName[order[#order]] .. line
    end
  end
  local function want(name)
    if wanted[name] or not byName[name] then return end
    wanted[name] = true
    for other in byName[name]:gmatch "href='#([^']*)'" do want(other) end
  end
  for tag in after:gmatch "<[^>]*>" do
    for name in tag:gmatch "['\"(]#([%w_]+)['\")]" do want(name) end
  end
  local kept = {}
  for _, name in ipairs(order) do
    if wanted[name] then kept[#kept + 1] = byName[name] end
  end
  local all = #kept > 0 and "<defs>" .. table.concat(kept, "\n") .. "</defs>" or ""
  return before .. all .. after
end

--- The whole text made small.
function svg.compact(text)
  local font = text:match "font%-family=\"([^\"]*)\"" or "Helvetica"
  local head, body = text:match "^(.-<svg[^>]*>)(.*)$"
  if not head then return text end
  body = body:gsub("<title>[^<]*</title>", ""):gsub("<desc>[^<]*</desc>", "")
  body = used(body)
  body = body:gsub("<[^>]*>", shortened)
  -- Between two tags there is nothing but room; a text has no tag in it.
  body = body:gsub(">%s+<", "><")
  body = body:gsub("<path stroke='[^']*' d='M[%d.,-]* ?'/>", "")
  local count
  repeat
    body, count = body:gsub("<g[^>]*></g>", "")
  until count == 0
  body = body:gsub("(</g>)", "%1\n"):gsub("/><", "/>\n<")
  head = head:gsub("%s+", " "):gsub(" >$", ">"):gsub(">$", (" font-family=\"%s\">"):format(
    font .. ",Arial,sans-serif"))
  return head .. body
end

return svg
