--- Writes the reference of all modules and classes in Markdown, from the stubs in stdlib/nas/meta:
--
--     lunas scripts/reference.lua > docs/reference.md

local documentation = require "nas.inner.documentation"

local function escaped(text) return (text:gsub("|", "\\|")) end

--- A table of parameters or options: name, type, default, meaning.
local function variables(heading, list)
  if #list == 0 then return end
  print(("| %s | type | default | |\n|---|---|---|---|"):format(heading))
  for _, one in ipairs(list) do
    print(("| `%s` | `%s` | %s | %s |"):format(one.name, escaped(one.type),
      one.default and "`" .. one.default .. "`" or one.optional and "" or "needed",
      escaped(one.text)))
  end
  print()
end

local function member(entry)
  if entry.kind == "property" then return end
  print(("### `%s`\n"):format(documentation.signature(entry)))
  print(table.concat(entry.text, "\n") .. "\n")
  variables("parameter", entry.params)
  variables("option", documentation.options(entry))
  for _, result in ipairs(entry.returns) do
    if result.text ~= "" then print(("Gives `%s`: %s.\n"):format(result.type, result.text)) end
  end
  if #entry.example > 0 then print("```lua\n" .. table.concat(entry.example, "\n") .. "\n```\n") end
end

print "# Reference\n"
print "Written by `lunas scripts/reference.lua` from the stubs in `stdlib/nas/meta`.\n"
for _, entry in ipairs(documentation.entries()) do
  if entry.kind == "module" or entry.kind == "class" then
    print(("## %s\n"):format(entry.name))
    print(table.concat(entry.text, "\n") .. "\n")
    variables("property", entry.fields)
    for _, one in ipairs(documentation.members(entry.name)) do member(one) end
  end
end
