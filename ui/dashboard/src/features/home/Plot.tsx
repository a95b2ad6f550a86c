/** A small plot, drawn by hand: bars or a line over time, with the figure under the pointer in place of the total. */

import { useElementSize } from "@mantine/hooks";
import { type PointerEvent, type ReactNode, useState } from "react";
import classes from "./home.module.css";
import { type Bar, type Box, bars, labelled, line, lonely, type Scale, scaleTo, yOf } from "./plot.ts";

/** One row of figures in a plot. */
export interface Series {
  readonly name: string;
  readonly form: "bars" | "line";
  readonly tone: "main" | "good" | "bad";
  /** One for each slot; null where there is nothing to say. */
  readonly values: readonly (number | null)[];
}

interface Given {
  readonly title: string;
  readonly total: ReactNode;
  readonly change?: ReactNode;
  /** What each slot is called: an hour or a day. */
  readonly slots: readonly string[];
  readonly series: readonly Series[];
  /** The axis' end where it is fixed, as a share's is; else what the figures need. */
  readonly top?: number;
  readonly write: (value: number) => string;
  /** What stands in the plot's place while nothing can be said. */
  readonly missing?: string | undefined;
}

const HEIGHT = 96;
const LABELS_HEIGHT = 18;
const LABEL_WIDTH = 92;

/** The plot with its headline. Whoever can't see it has the table of the same figures below all of them. */
export function Plot({ title, total, change, slots, series, top, write, missing }: Given) {
  const { ref, width } = useElementSize<HTMLDivElement>();
  const [active, setActive] = useState<number | null>(null);
  const most = Math.max(0, ...series.flatMap(({ values }) => values.map((value) => value ?? 0)));
  const scale = top === undefined ? scaleTo(most) : { top, ticks: [0, top / 2, top] };
  const box: Box = { width: Math.max(width, 1), height: HEIGHT };
  const follow = (event: PointerEvent<SVGSVGElement>) => {
    const { left } = event.currentTarget.getBoundingClientRect();
    const slot = Math.floor(((event.clientX - left) / box.width) * slots.length);
    setActive(Math.min(Math.max(slot, 0), slots.length - 1));
  };
  return (
    <figure className={classes.plot}>
      <figcaption className={classes.caption}>
        <span className={classes.title}>{active === null ? title : slots[active]}</span>
        <span className={classes.total}>
          {active === null ? total : <Readout series={series} slot={active} write={write} />}
        </span>
        <span className={classes.change}>{active === null ? change : null}</span>
      </figcaption>
      <div ref={ref} className={classes.drawing}>
        {missing !== undefined ? (
          <p className={classes.missing}>{missing}</p>
        ) : (
          <svg
            width={box.width}
            height={HEIGHT + LABELS_HEIGHT}
            aria-hidden="true"
            onPointerMove={follow}
            onPointerLeave={() => setActive(null)}
          >
            <Grid scale={scale} box={box} />
            {active !== null && <Slot box={box} count={slots.length} slot={active} />}
            {series.map((one) => (
              <Drawn key={one.name} series={one} scale={scale} box={box} />
            ))}
            <Labels slots={slots} box={box} />
          </svg>
        )}
      </div>
    </figure>
  );
}

function Readout({ series, slot, write }: Pick<Given, "series" | "write"> & { readonly slot: number }) {
  return series.map(({ name, values }) => {
    const value = values[slot] ?? null;
    return (
      <span key={name} className={classes.readout}>
        {value === null ? "–" : write(value)}
        {series.length > 1 && <small> {name}</small>}
      </span>
    );
  });
}

interface In {
  readonly scale: Scale;
  readonly box: Box;
}

function Grid({ scale, box }: In) {
  return scale.ticks.map((tick) => {
    const y = Math.max(0.5, Math.round(yOf(tick, scale, box)) - 0.5);
    return <line key={tick} className={classes.grid} x1={0} x2={box.width} y1={y} y2={y} />;
  });
}

function Slot({ box, count, slot }: { readonly box: Box; readonly count: number; readonly slot: number }) {
  const width = box.width / count;
  return <rect className={classes.slot} x={slot * width} y={0} width={width} height={box.height} />;
}

function Drawn({ series: { values, form, tone }, scale, box }: In & { readonly series: Series }) {
  if (form === "bars") {
    const zeros = values.map((value) => value ?? 0);
    return bars(zeros, scale, box).map((bar, index) => (
      <rect
        // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its slot
        key={index}
        className={classes.bar}
        data-tone={tone}
        data-running={index === zeros.length - 1 || undefined}
        rx={rounding(bar)}
        {...bar}
      />
    ));
  }
  const slot = box.width / Math.max(values.length, 1);
  return (
    <>
      <path className={classes.line} data-tone={tone} d={line(values, scale, box)} />
      {lonely(values).map((index) => (
        <circle
          key={index}
          className={classes.dot}
          data-tone={tone}
          cx={(index + 0.5) * slot}
          cy={yOf(values[index] ?? 0, scale, box)}
          r={2.5}
        />
      ))}
    </>
  );
}

function rounding({ width, height }: Bar): number {
  return Math.min(2, width / 2, height / 2);
}

function Labels({ slots, box }: { readonly slots: readonly string[]; readonly box: Box }) {
  const width = box.width / Math.max(slots.length, 1);
  return labelled(slots.length, Math.max(1, Math.floor(box.width / LABEL_WIDTH))).map((index) => {
    const isLast = index === slots.length - 1;
    return (
      <text
        key={index}
        className={classes.label}
        x={isLast ? box.width : (index + 0.5) * width}
        y={HEIGHT + LABELS_HEIGHT - 4}
        textAnchor={isLast ? "end" : "middle"}
      >
        {slots[index]}
      </text>
    );
  });
}
