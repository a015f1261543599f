import { GRADES, type Grade } from '../../choices.ts';

/** Of a contrast of 4.5 and more with white letters, on the page as on the badge. */
export const GRADE_COLORS: Readonly<Record<Grade, string>> = {
  A: '#2c7a3f',
  B: '#4f7518',
  C: '#8a6100',
  D: '#a84a10',
  F: '#b3261e',
};
export const NO_GRADE_COLOR = '#666';

/** The style of the page. */
export const AUDIT_STYLE = `
:root{--ground:#fff;--ink:#1d1d1f;--quiet:#5c5c62;--line:#d9d9de;--link:#0b57d0}
@media(prefers-color-scheme:dark){:root{--ground:#161618;--ink:#ececef;--quiet:#a5a5ad;--line:#3a3a3f;--link:#8ab4f8}}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.45 system-ui,sans-serif}
main{max-width:46rem;margin:0 auto;padding:1.5rem 1rem}
header,li{display:flex;gap:1rem;align-items:flex-start}
h1{font-size:1.5rem;margin:0}h2{font-size:1.05rem;margin:.35rem 0 0}
p{margin:.4rem 0}ol{list-style:none;padding:0;margin:1.5rem 0}
li{padding:.8rem 0;border-top:1px solid var(--line)}li>div{min-width:0;flex:1}
.quiet{color:var(--quiet)}.first{padding:.7rem 1rem;border-left:4px solid var(--link)}
.grade{flex:none;width:2.2rem;height:2.2rem;line-height:2.2rem;border-radius:.4rem;text-align:center;font-weight:700;color:#fff;background:${NO_GRADE_COLOR}}
header .grade{width:3.4rem;height:3.4rem;line-height:3.4rem;font-size:1.8rem}
${GRADES.map((grade) => `.grade-${grade}{background:${GRADE_COLORS[grade]}}`).join('')}
.scroll{overflow-x:auto}table{border-collapse:collapse;font-size:.9rem}
th,td{text-align:left;padding:.15rem .8rem .15rem 0;white-space:nowrap}th{font-weight:600;color:var(--quiet)}
.figure{text-align:right;font-variant-numeric:tabular-nums}a{color:var(--link)}
@media print{li{break-inside:avoid}}
`;
