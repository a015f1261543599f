import { GRADES, type Grade } from '../../choices.ts';

/** The worst of them: a chat is as good as what it does worst. Null without any. */
export function worstGrade(grades: readonly Grade[]): Grade | null {
  return GRADES.findLast((grade) => grades.includes(grade)) ?? null;
}

/** Whether a grade is no worse than another. */
export function isAtLeast(grade: Grade, least: Grade): boolean {
  return GRADES.indexOf(grade) <= GRADES.indexOf(least);
}
