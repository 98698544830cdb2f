import { chartRules, colorsOf, dark, light } from './palette.ts';

const variables = (colors: Record<string, string>) =>
  Object.entries(colors)
    .map(([role, color]) => `--${role}:${color}`)
    .join(';');

/** The rules of the page: readable on a phone, in light and dark, and on paper. */
export const pageStyle = `:root{color-scheme:light dark;${variables(colorsOf(light))}}
@media screen and (prefers-color-scheme:dark){:root{${variables(colorsOf(dark))}}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:940px;margin:0 auto;padding:32px 16px 48px}
h1{font-size:26px;line-height:1.25;margin:0 0 8px;overflow-wrap:anywhere}
h2{font-size:18px;margin:40px 0 4px;padding-top:16px;border-top:1px solid var(--grid)}
h3{font-size:15px;margin:0 0 8px}
p{margin:8px 0;max-width:70ch;overflow-wrap:anywhere}
.lead{font-size:18px;max-width:64ch}
.quiet,figcaption,small{color:var(--quiet);font-size:14px}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(140px,1fr));gap:12px;margin:24px 0 0;padding:0}
.tiles div{border:1px solid var(--grid);border-radius:6px;padding:10px 12px}
.tiles dt{color:var(--quiet);font-size:13px}
.tiles dd{margin:0;font-size:20px;font-variant-numeric:tabular-nums}
.tiles small{display:block;font-size:12px}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,380px),1fr));gap:24px;align-items:start}
figure{margin:16px 0 0;min-width:0}
figure svg{display:block;max-width:100%;height:auto}
.scroll{overflow-x:auto;margin-top:12px}
.scroll svg{max-width:none}
table{border-collapse:collapse;font-size:14px;font-variant-numeric:tabular-nums;min-width:min(100%,460px)}
caption{text-align:left;color:var(--quiet);font-size:14px;padding-bottom:6px}
th,td{text-align:left;padding:5px 14px 5px 0;border-bottom:1px solid var(--grid);vertical-align:top}
thead th{font-weight:600;color:var(--quiet);white-space:nowrap}
tbody th{font-weight:400;overflow-wrap:anywhere;min-width:90px;max-width:320px}
td.n,th.n{text-align:right;white-space:nowrap;padding-left:8px}
details{margin-top:10px}
summary{cursor:pointer;overflow-wrap:anywhere}
.warnings li{margin:4px 0;overflow-wrap:anywhere}
:focus-visible{outline:2px solid var(--right);outline-offset:2px}
@media print{main{max-width:none;padding:0}h2{break-after:avoid}figure,.tiles,tr{break-inside:avoid}.charts{grid-template-columns:1fr 1fr}.scroll{overflow:visible}}
${chartRules((role) => `var(--${role})`)}`;
