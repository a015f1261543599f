import { createHash } from 'node:crypto';

const STYLE = `
:root{color-scheme:light dark;--paper:#fdfcfa;--ink:#1d1c1a;--quiet:#66635c;--rule:#e3e0d9;--good:#1b6b3d;--bad:#b0261c;--caution:#8a5700;--link:#2f6ea8}
@media (prefers-color-scheme:dark){:root{--paper:#171614;--ink:#ebe8e2;--quiet:#a39e94;--rule:#34312d;--good:#7ccf9b;--bad:#ff8f84;--caution:#e6b450;--link:#7db4e8}}
html{background:var(--paper);color:var(--ink);font:16px/1.5 ui-sans-serif,system-ui,sans-serif}
body{max-width:68rem;margin:0 auto;padding:2.5rem 1.5rem}
h1{font:600 1.75rem/1.2 Charter,"Iowan Old Style",Georgia,serif;margin:0 0 .25rem}
p{margin:0 0 1.5rem;color:var(--quiet)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:.4rem 1.25rem .4rem 0;border-bottom:1px solid var(--rule);vertical-align:baseline;font-weight:400;unicode-bidi:isolate}
thead th{color:var(--quiet);font-size:.875rem}
a{color:var(--link)}
.pass{color:var(--good)}.fail,.unreadable{color:var(--bad)}.invalid,.running{color:var(--caution)}
.figure{text-align:right}
`;

/** Runs in the browser: draws the list anew whenever the server tells that it changed. Foreign text is text only. */
const SCRIPT = `
const words={pass:'✓ pass',fail:'✗ fail',invalid:'! invalid',running:'… running',unreadable:'unreadable'};
const body=document.querySelector('tbody'),note=document.querySelector('p');
const cell=(tag,text,className)=>{const made=document.createElement(tag);made.textContent=text;if(className)made.className=className;return made};
const row=run=>{
  const made=document.createElement('tr'),head=cell('th','');
  head.scope='row';
  if(run.state==='running'||run.state==='unreadable'||run.what==='comparison')head.textContent=run.scenario||run.name;
  else{const link=cell('a',run.scenario||run.name);link.href='/runs/'+encodeURIComponent(run.name);head.append(link)}
  made.append(head,cell('td',words[run.state],run.state),cell('td',run.p95,'figure'),cell('td',run.load),cell('td',run.target),
    cell('td',run.startedAt?run.startedAt.slice(0,19).replace('T',' '):''));
  return made};
const events=new EventSource('/events');
events.onmessage=message=>{const runs=JSON.parse(message.data);body.replaceChildren(...runs.map(row));
  note.textContent=runs.length===0?'No run yet.':runs.length+(runs.length===1?' run':' runs')+', newest first. This list follows what is written.'};
events.onerror=()=>{note.textContent='The server is gone. Start it again with: chatbench serve'};
`;

/** The page that lists runs, with the policy that lets nothing but itself run in it. */
export const LIST_PAGE = {
  policy: [
    `default-src 'none'`,
    `script-src '${sourceHash(SCRIPT)}'`,
    `style-src '${sourceHash(STYLE)}'`,
    `connect-src 'self'`,
    `base-uri 'none'`,
    `form-action 'none'`,
    `frame-ancestors 'none'`,
  ].join('; '),
  html: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>chatbench runs</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Runs</h1>
<p role="status">Reading …</p>
<div class="scroll" tabindex="0" role="region" aria-label="Runs"><table>
<thead><tr><th scope="col">Scenario</th><th scope="col">Verdict</th><th scope="col" class="figure">delivery p95</th><th scope="col">Load</th><th scope="col">Target</th><th scope="col">Started, UTC</th></tr></thead>
<tbody></tbody>
</table></div>
</main>
<script>${SCRIPT}</script>
</body>
</html>
`,
} as const;

function sourceHash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
