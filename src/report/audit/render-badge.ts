import type { Grade } from '../../choices.ts';
import { GRADE_COLORS, NO_GRADE_COLOR } from './audit-style.ts';

const LABEL = 'chat audit';
const [LABEL_WIDTH, GRADE_WIDTH, HEIGHT] = [68, 24, 20];

/** The grade as an image for a README, 92 by 20 pixels; "–" where there is none. */
export function renderBadge(grade: Grade | null): string {
  const text = grade ?? '–';
  const width = LABEL_WIDTH + GRADE_WIDTH;
  const middle = LABEL_WIDTH + GRADE_WIDTH / 2;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${HEIGHT}" role="img" aria-label="${LABEL}: ${text}">
<title>${LABEL}: ${text}</title>
<rect width="${width}" height="${HEIGHT}" rx="3" fill="#444"/>
<path d="M${LABEL_WIDTH} 0h${GRADE_WIDTH - 3}a3 3 0 0 1 3 3v${HEIGHT - 6}a3 3 0 0 1-3 3h-${GRADE_WIDTH - 3}z" fill="${grade === null ? NO_GRADE_COLOR : GRADE_COLORS[grade]}"/>
<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">
<text x="${LABEL_WIDTH / 2}" y="14">${LABEL}</text>
<text x="${middle}" y="14" font-weight="bold">${text}</text>
</g>
</svg>
`;
}
