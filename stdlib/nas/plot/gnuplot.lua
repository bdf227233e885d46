--- gnuplot, run: commands in, the whole picture out, or what went wrong.
--
-- gnuplot reads commands and data from its standard input, so nothing is written but the picture.
-- The same commands are the same picture for everybody: gnuplot starts without the files that users
-- and systems set its defaults in, and without the environment's variables.

local gnuplot = {}

--- gnuplot with its own defaults (`-d`: no ~/.gnuplot, no gnuplotrc) and no variable set but PATH.
local COMMAND = "/usr/bin/env -i PATH=\"$PATH\" LC_ALL=C.UTF-8 gnuplot -d"

local function shellQuoted(text)
  return "'" .. text:gsub("'", [['\'']]) .. "'"
end

local function readAll(path)
  local file = io.open(path, "rb")
  if not file then return "" end
  local text = file:read "a" or ""
  file:close()
  return text
end

--- Has files removed when the scope is left, however that happens.
local function scratch(...)
  local files = { ... }
  return setmetatable({}, {
    __close = function()
      for _, path in ipairs(files) do os.remove(path) end
    end,
  })
end

--- Runs gnuplot, with its output in the file `picture` and its complaints in another; returns
-- nothing, or what it complained of. The shell reads what gnuplot leaves unread: writing to a pipe
-- without a reader would end the process that draws.
local function run(commands, picture, complaints)
  local command = ("%s >%s 2>%s; status=$?; while read -r _; do :; done; exit $status"):format(
    COMMAND, shellQuoted(picture), shellQuoted(complaints))
  local process, why = io.popen(command, "w")
  if not process then return why end
  local written = process:write(commands)
  local succeeded = process:close()
  if written and succeeded then return nil end
  local complaint = readAll(complaints):gsub("%s+", " ")
  return complaint ~= "" and complaint or "it stopped before its end"
end

--- Whether the picture's bytes begin and end as its format's do.
local function isWhole(content, format)
  return content:sub(1, #format.first) == format.first
    and content:sub(-64):find(format.last, 1, true) ~= nil
end

--- nil and a complaint where gnuplot can't be run.
local function findGnuplot()
  if os.execute "command -v gnuplot >/dev/null 2>&1" then return true end
  return nil, "gnuplot is not installed (Debian's package gnuplot-nox)"
end

--- The picture as bytes, or nil and what went wrong. `format` has the texts that a whole one begins
-- (`first`) and ends with (`last`), and perhaps `finish`, a function of the bytes.
function gnuplot.picture(commands, format)
  local found, why = findGnuplot()
  if not found then return nil, why end
  local complaints = os.tmpname()
  local picture = complaints .. ".picture"
  local _ <close> = scratch(complaints, picture)
  local complaint = run(commands, picture, complaints)
  local content = readAll(picture)
  if not complaint and not isWhole(content, format) then
    complaint = "the picture is incomplete: is the disk full?"
  end
  if complaint then return nil, "gnuplot: " .. complaint end
  return format.finish and format.finish(content) or content
end

return gnuplot
