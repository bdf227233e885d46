--- Numbers as text for files, other programs and tables: with a decimal point whatever the locale,
-- which C's formats, and so Lua's, follow after `os.setlocale`.

local numerals = {}

--- What `string.format` makes of a number by a pattern for one number alone, such as "%.2f".
function numerals.format(pattern, value)
  return (pattern:format(value):gsub("[^%w+-]+", "."))
end

return numerals
