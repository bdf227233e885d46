--- A raster of characters, each with a style, and of dots in braille, 2 × 4 to a character.
--
-- Positions run from 0 at the left and the bottom to 1 at the right and the top; what lies outside
-- is not drawn.

local terminal = require "nas.inner.terminal"

local raster = {}

--- The bit of a braille character for the dot at [row][column] of its 4 × 2.
local DOTS = { { 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 } }

local Raster = {}
Raster.__index = Raster

function raster.new(columns, rows)
  local new = setmetatable(
    { columns = columns, rows = rows, cells = {}, styles = {}, grounds = {}, dots = {} }, Raster)
  for row = 1, rows do
    new.cells[row], new.styles[row], new.grounds[row], new.dots[row] = {}, {}, {}, {}
  end
  return new
end

--- The cell for a number from 0 to 1 among `count`, from 1, or nil outside.
function raster.cell(position, count)
  if not position or not (position >= 0 and position <= 1) then return nil end
  return math.min(math.floor(position * count), count - 1) + 1
end

local cell = raster.cell

--- The cells from the one whose middle is first within two positions to the last, at least one; nil
-- where all lie outside.
function raster.cells(low, high, count)
  if not low or not high then return nil end
  if low > high then low, high = high, low end
  if high < 0 or low > 1 then return nil end
  local first = math.max(math.ceil(low * count + 0.5 - 1e-9), 1)
  local last = math.min(math.floor(high * count + 0.5 + 1e-9), count)
  if first > last then
    first = cell(math.max(0, math.min(1, (low + high) / 2)), count)
    last = first
  end
  return first, last
end

--- Puts a text of one column, with a style (a terminal's, such as "38;5;25") or none, at a cell
-- from the top left.
function Raster:set(column, row, text, style)
  if row < 1 or row > self.rows or column < 1 or column > self.columns then return end
  self.cells[row][column], self.styles[row][column] = text, style or false
end

--- The same at a position.
function Raster:put(x, y, text, style)
  local column, row = cell(x, self.columns), cell(y, self.rows)
  if column and row then self:set(column, self.rows + 1 - row, text, style) end
end

--- Whether nothing was put at a position yet.
function Raster:isFree(x, y)
  local column, row = cell(x, self.columns), cell(y, self.rows)
  return column ~= nil and row ~= nil and self.cells[self.rows + 1 - row][column] == nil
end

--- Has a cell stand on a colour of a terminal's 256.
function Raster:colour(column, row, ansi)
  self.grounds[row][column] = ansi
end

--- Writes a text from a cell on, as far as the raster goes: a wide character takes two cells.
function Raster:write(column, row, text, style)
  if row < 1 or row > self.rows then return end
  if not utf8.len(text) then text = text:gsub("[\128-\255]", "?") end
  for _, point in utf8.codes(text) do
    local letter = utf8.char(point)
    local width = terminal.width(letter)
    if width == 0 then
      local before = self.cells[row][column - 1]
      if before then self.cells[row][column - 1] = before .. letter end
    else
      if column >= 1 and column + width - 1 <= self.columns then
        self:set(column, row, letter, style)
        if width == 2 then self:set(column + 1, row, "", style) end
      end
      column = column + width
    end
  end
end

function Raster:dot(x, y)
  local column, row = cell(x, 2 * self.columns), cell(y, 4 * self.rows)
  if not column or not row then return end
  row = 4 * self.rows - row
  column = column - 1
  local dots = self.dots[row // 4 + 1]
  dots[column // 2 + 1] = (dots[column // 2 + 1] or 0) | DOTS[row % 4 + 1][column % 2 + 1]
end

--- A row as text, with `dotStyle` for its dots, without blanks at the end.
function Raster:line(row, dotStyle)
  local parts, last = {}, nil
  local function styled(style)
    if style == last then return end
    if last then parts[#parts + 1] = "\27[0m" end
    if style then parts[#parts + 1] = ("\27[%sm"):format(style) end
    last = style
  end
  local filled = 0
  for column = 1, self.columns do
    if self.dots[row][column] or (self.cells[row][column] or " ") ~= " "
      or self.grounds[row][column] then filled = column end
  end
  for column = 1, filled do
    local dots, text = self.dots[row][column], self.cells[row][column] or " "
    local style = self.styles[row][column] or nil
    if dots then text, style = utf8.char(0x2800 + dots), dotStyle end
    local ground = self.grounds[row][column]
    if ground then style = ("48;5;%d%s"):format(ground, style and ";" .. style or "") end
    styled(style)
    parts[#parts + 1] = text
  end
  styled(nil)
  return table.concat(parts)
end

--- The part of a segment that lies within the unit square (Liang & Barsky 1984), or nil.
local function clipped(x1, y1, x2, y2)
  local dx, dy = x2 - x1, y2 - y1
  local from, to = 0, 1
  local edges = { { -dx, x1 }, { dx, 1 - x1 }, { -dy, y1 }, { dy, 1 - y1 } }
  for _, edge in ipairs(edges) do
    local slope, distance = edge[1], edge[2]
    if slope == 0 then
      if distance < 0 then return nil end
    elseif slope < 0 then
      from = math.max(from, distance / slope)
    else
      to = math.min(to, distance / slope)
    end
  end
  if from > to or dx ~= dx or dy ~= dy then return nil end
  return x1 + from * dx, y1 + from * dy, x1 + to * dx, y1 + to * dy
end

--- Calls `put(x, y)` along a segment, at least once for each cell that it crosses.
function Raster:trace(x1, y1, x2, y2, put)
  x1, y1, x2, y2 = clipped(x1, y1, x2, y2)
  if not x1 then return end
  local count = math.ceil(math.max(
    2 * self.columns * math.abs(x2 - x1), 4 * self.rows * math.abs(y2 - y1), 1))
  for index = 0, count do
    local share = index / count
    put(x1 + (x2 - x1) * share, y1 + (y2 - y1) * share)
  end
end

return raster
