/**
 * Holm's step-down adjustment of k p-values: rejecting where the adjusted value is at most α keeps the chance of any false
 * alarm among all of them at most α, whatever their dependence.
 *
 *     p̃₍ᵢ₎ = max over j ≤ i of min(1, (k − j + 1) · p₍ⱼ₎),   p₍₁₎ ≤ … ≤ p₍ₖ₎
 *
 * (Holm, Scand. J. Statist. 6, 1979.)
 *
 * @returns in the order given
 */
export function adjustByHolm(pValues: readonly number[]): readonly number[] {
  const order = pValues.map((_, index) => index).sort((a, b) => pValues[a]! - pValues[b]!);
  const adjusted = new Array<number>(pValues.length).fill(1);
  let largest = 0;
  for (const [step, index] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (pValues.length - step) * pValues[index]!));
    adjusted[index] = largest;
  }
  return adjusted;
}
