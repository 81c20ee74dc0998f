import styles from "./bars.module.css";

interface BarsProps {
  /** What is shown, for those who don't see it. */
  label: string;
  /** Oldest first. */
  values: readonly number[];
}

const HEIGHT = 60;
const STEP = 10;
const BAR = 8;

/** Figures beside each other, the highest as high as the drawing. */
export function Bars({ label, values }: BarsProps) {
  const most = Math.max(1, ...values);
  return (
    <svg className={styles["bars"]} viewBox={`0 0 ${values.length * STEP} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
      {barsOf(values).map(({ at, value }) => {
        // Whatever is more than nothing can be seen.
        const height = value === 0 ? 0 : Math.max(2, (value / most) * HEIGHT);
        return <rect key={at} x={at * STEP} y={HEIGHT - height} width={BAR} height={height} />;
      })}
    </svg>
  );
}

function barsOf(values: readonly number[]): { at: number; value: number }[] {
  return values.map((value, at) => ({ at, value }));
}
