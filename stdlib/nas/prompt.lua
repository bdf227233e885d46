--- What the prompt offers beside Lua, for scripts to use too; at the prompt these are globals.

return {
  --- Shows the documentation of a name or a value; without either a first tour.
  help = require "nas.prompt.help".show,
  --- Lists the globals that are not lunas's own: name, type, size and, where it is short, value.
  who = require "nas.prompt.who",
  --- Times a function: rounds of calls, their median and spread.
  bench = require "nas.prompt.bench",
}
