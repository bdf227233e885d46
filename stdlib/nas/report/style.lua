--- How reports look: one column that a telephone shows too, tables that scroll in boxes of their
-- own, and on paper everything that can be folded open.
return [[
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 62rem; color: #1a1a1a;
  background: #fff; font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Helvetica, Arial,
  sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.8rem; line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: 1.35rem; margin: 2.6rem 0 .6rem; border-bottom: 1px solid #ccc;
  padding-bottom: .2rem; }
h3 { font-size: 1.1rem; margin: 1.8rem 0 .4rem; }
h4 { font-size: 1rem; margin: 1.4rem 0 .3rem; }
p { margin: .6rem 0; max-width: 46rem; }
p.subtitle { color: #555; margin-top: 0; }
nav { margin: 1.2rem 0; padding: .6rem 1rem; background: #f5f6f8; border-radius: .3rem; }
nav ul { margin: 0; padding-left: 1.1rem; }
nav > p { margin: 0 0 .2rem; font-weight: 600; }
a { color: #0b5394; }
figure { margin: 1.2rem 0; }
figure svg { display: block; max-width: 100%; height: auto; }
figcaption, caption { color: #444; font-size: .92rem; text-align: left; padding: .3rem 0; }
.scroll { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-size: .94rem; }
th, td { padding: .3rem .8rem .3rem 0; text-align: left; vertical-align: top;
  border-bottom: 1px solid #e2e2e2; }
thead th { border-bottom: 2px solid #888; white-space: nowrap; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td .interval { color: #666; font-size: .88em; margin-left: .4em; }
pre { overflow-x: auto; padding: .7rem .9rem; background: #f5f6f8; border-radius: .3rem;
  font: .86rem/1.4 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
details { margin: .8rem 0; }
summary { cursor: pointer; color: #333; }
@media (max-width: 34rem) {
  body { padding: 1rem .7rem 3rem; }
  h1 { font-size: 1.45rem; }
  figure svg { max-width: none; width: 30rem; }
}
@media print {
  @page { margin: 1.6cm; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  h2, h3, h4 { break-after: avoid; }
  figure, tr, pre { break-inside: avoid; }
  thead { display: table-header-group; }
  .scroll, pre { overflow: visible; }
  pre { white-space: pre-wrap; }
  nav { background: none; border: 1px solid #ccc; }
  a { color: inherit; text-decoration: none; }
  details::details-content { content-visibility: visible; display: block; }
}
]]
