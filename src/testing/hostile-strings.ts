/** Texts that a hostile or broken server may send, each of which must stay text wherever it is shown. */
export const HOSTILE_STRINGS: readonly string[] = [
  '<script>window.breached = 1</script>',
  '</script><script>window.breached = 2</script>',
  '</SCRIPT ><script>window.breached = 3</script>',
  '<!--<script>window.breached = 4</script>',
  '--><script>window.breached = 5</script>',
  '<![CDATA[<script>window.breached = 6</script>]]>',
  '<img src=x onerror="window.breached = 7">',
  '<img src="https://breach.invalid/pixel.gif">',
  '<svg onload="window.breached = 8"></svg>',
  '<svg><script>window.breached = 9</script></svg>',
  '<svg><animate onbegin="window.breached = 10" attributeName="x"/></svg>',
  '<iframe srcdoc="<script>parent.breached = 11</script>"></iframe>',
  '<iframe src="javascript:parent.breached = 12"></iframe>',
  '<object data="javascript:window.breached = 13"></object>',
  '<embed src="javascript:window.breached = 14">',
  '<body onload="window.breached = 15">',
  '<details open ontoggle="window.breached = 16">x</details>',
  '<input autofocus onfocus="window.breached = 17">',
  '<video><source onerror="window.breached = 18"></video>',
  '<math href="javascript:window.breached = 19">x</math>',
  '<a href="javascript:window.breached = 20">x</a>',
  '<style>@import "https://breach.invalid/style.css";</style>',
  '<link rel="stylesheet" href="https://breach.invalid/style.css">',
  '<link rel="icon" href="https://breach.invalid/icon.png">',
  '<base href="https://breach.invalid/">',
  '<meta http-equiv="refresh" content="0;url=https://breach.invalid/">',
  '<form action="https://breach.invalid/"><button autofocus>x</button></form>',
  '<template><script>window.breached = 21</script></template>',
  '<noscript><p title="</noscript><img src=x onerror=window.breached=22>">',
  '<textarea></textarea><script>window.breached = 23</script>',
  '<title></title><script>window.breached = 24</script>',
  '<plaintext>',
  '</body></html><script>window.breached = 25</script>',
  '"><script>window.breached = 26</script>',
  "'><script>window.breached = 27</script>",
  '" onmouseover="window.breached = 28" x="',
  "' autofocus onfocus='window.breached = 29",
  '` onclick=`window.breached = 30',
  '";window.breached = 31;//',
  "';window.breached = 32;//",
  '\\";window.breached = 33;//',
  '\\u003cscript>window.breached = 34\\u003c/script>',
  '\u0024{window.breached = 35}',
  '{{constructor.constructor("window.breached = 36")()}}',
  '&lt;script&gt;window.breached = 37&lt;/script&gt;',
  '&#60;script&#62;window.breached = 38&#60;/script&#62;',
  'javascript:window.breached = 39',
  'data:text/html,<script>window.breached = 40</script>',
  'expression(window.breached = 41)',
  ';}</style><script>window.breached = 42</script>',
  '\u2028window.breached = 43\u2029',
  'null\u0000byte<script>window.breached = 44</script>',
  '\u001b[2J\u001b]0;title\u0007 escape sequences',
  '\u009b31m eight-bit control',
  'line\r\nbreaks\n\r\tand tabs',
  '\u202etxet detcerider\u202c',
  '\u2066isolated\u2069 \u200f\u200e marks',
  'zero\u200bwidth\u200djoined\ufeff',
  'half a pair \ud83d and \ude80 the other',
  '＜script＞window.breached = 45＜/script＞',
  '+ADw-script+AD4-window.breached = 46+ADw-/script+AD4-',
  '%3Cscript%3Ewindow.breached = 47%3C/script%3E',
  '__proto__',
  'constructor',
  'Infinity',
  'null',
  'x'.repeat(5_000),
  'e\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301 stacked',
  '漢字 עברית العربية 🧑‍🚀',
  '$& $1 $` replacement patterns',
];

/** A word may be the name or the value of something, and an address leads somewhere, only where it is all of the text. */
const ACTS_AS_A_WHOLE = /^(?:\w+$|javascript:|data:)/;
const PACKED = 8;

/**
 * The same in few texts, for what takes a second to be shown: what acts as a whole by itself, of the others several in one text. Whatever of
 * such a text were read as anything but text would be missing from it where it is shown, so that none can hide another.
 */
export const HOSTILE_TEXTS: readonly string[] = [
  ...HOSTILE_STRINGS.filter((text) => ACTS_AS_A_WHOLE.test(text)),
  ...packTogether(HOSTILE_STRINGS.filter((text) => !ACTS_AS_A_WHOLE.test(text))),
];

function packTogether(texts: readonly string[]): readonly string[] {
  return Array.from({ length: Math.ceil(texts.length / PACKED) }, (_, pack) =>
    texts.slice(pack * PACKED, (pack + 1) * PACKED).join(' '),
  );
}
