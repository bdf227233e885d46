--- What tells trainings and rankings apart, for scripts: see `nas.description.record`.

local record = require "nas.description.record"

return {
  of = function(value) return record.of(value) end,
  text = record.text, key = record.key, differences = record.differences, fault = record.fault,
  named = record.named,
}
