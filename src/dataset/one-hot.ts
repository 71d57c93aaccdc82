/**
 * One-hot rows: t (N, classes), 1 at each label and 0 elsewhere; as `np.eye(classes)[labels]`.
 *
 * @throws RangeError if a label is not below `classes`
 */
export function oneHot(labels: Uint8Array, classes = 10): Float64Array {
  const t = new Float64Array(labels.length * classes);
  labels.forEach((label, n) => {
    if (label >= classes) throw new RangeError(`label ${label} at ${n} is not below ${classes}`);
    t[n * classes + label] = 1;
  });
  return t;
}
