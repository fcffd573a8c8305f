//! Where the steps of a run stand in its graph, and where the arrow keys lead. Pure.

import { Graph, layout as arrange } from '@dagrejs/dagre';
import type { Step } from '../../generated/protocol';

/** Size of a step in the graph. */
export const BOX = { width: 190, height: 50 };

/** A step's middle. */
export interface Box {
  id: string;
  x: number;
  y: number;
}

/** From a step to one that waits for it, through these points. */
export interface Line {
  from: string;
  to: string;
  points: { x: number; y: number }[];
}

export interface Layout {
  width: number;
  height: number;
  boxes: Box[];
  lines: Line[];
}

export function layout(steps: readonly Pick<Step, 'id' | 'needs'>[]): Layout {
  const graph = new Graph();
  // Backwards, from a step to what it waits for: so each stands as far to the left as it can, next to what begins
  // at the same time.
  graph.setGraph({ rankdir: 'RL', ranker: 'longest-path', nodesep: 18, ranksep: 44, marginx: 8, marginy: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  const known = new Set(steps.map(({ id }) => id));
  steps.forEach(({ id }) => graph.setNode(id, { ...BOX }));
  // A loop of a workflow (a gate that leads back) is drawn as well; what is needed and not there is not.
  const waits = new Map(steps.map(({ id, needs }) => [id, needs.filter((need) => known.has(need))]));
  direct(waits).forEach((needs, id) => needs.forEach((need) => graph.setEdge(id, need)));
  arrange(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  const place = (id: string) => graph.node(id) as { x: number; y: number };
  return {
    width,
    height,
    boxes: steps.map(({ id }) => ({ id, x: place(id).x, y: place(id).y })),
    lines: graph.edges().map(({ v, w }) => {
      const between = (graph.edge(v, w) as { points: Line['points'] }).points.slice(1, -1).reverse();
      return { from: w, to: v, points: joined(place(w), between, place(v)) };
    }),
  };
}

/** Without what follows from the rest: whoever waits for b, which waits for a, waits for a without a line of its own. */
export function direct(waits: ReadonlyMap<string, readonly string[]>): Map<string, string[]> {
  const before = new Map<string, Set<string>>();
  const reach = (id: string): Set<string> => {
    const known = before.get(id);
    if (known) {
      return known;
    }
    const found = new Set<string>();
    // Put down first, so that a loop ends.
    before.set(id, found);
    for (const need of waits.get(id) ?? []) {
      found.add(need);
      reach(need).forEach((one) => found.add(one));
    }
    return found;
  };
  // In a loop each would follow from the others, and none be left.
  const implied = (id: string, need: string, needs: readonly string[]) => needs.some((other) => other !== need && reach(other).has(need) && !reach(need).has(other) && !reach(other).has(id));
  return new Map([...waits].map(([id, needs]) => [id, needs.filter((need) => !implied(id, need, needs))]));
}

/** From the middle of one box's edge to that of the other's; a step that leads back leaves on the left. */
function joined(from: { x: number; y: number }, between: Line['points'], to: { x: number; y: number }): Line['points'] {
  const side = from.x <= to.x ? BOX.width / 2 : -BOX.width / 2;
  return [{ x: from.x + side, y: from.y }, ...between, { x: to.x - side, y: to.y }];
}

/** An SVG path through the points, round at the bends. */
export function path(points: Line['points']): string {
  const [first, ...rest] = points;
  if (!first) {
    return '';
  }
  const parts = [`M${at(first)}`];
  rest.forEach((point, index) => {
    const next = rest[index + 1];
    parts.push(next ? `Q${at(point)} ${at({ x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 })}` : `L${at(point)}`);
  });
  return parts.join(' ');
}

const at = ({ x, y }: { x: number; y: number }): string => `${x.toFixed(1)} ${y.toFixed(1)}`;

/** The step an arrow key leads to: the nearest one in that direction. */
export function neighbour({ boxes }: Layout, from: string, key: string): string | undefined {
  const here = boxes.find(({ id }) => id === from);
  if (key === 'Home' || key === 'End') {
    return boxes.at(key === 'Home' ? 0 : -1)?.id;
  }
  const direction = DIRECTIONS[key];
  if (!here || !direction) {
    return undefined;
  }
  const ahead = boxes
    .map(({ id, x, y }) => ({ id, ...direction(x - here.x, y - here.y) }))
    .filter(({ id, along }) => id !== from && along > 1)
    // What lies aside counts more than what lies far.
    .sort((a, b) => a.along + 2 * a.aside - (b.along + 2 * b.aside));
  return ahead[0]?.id;
}

const DIRECTIONS: Record<string, (dx: number, dy: number) => { along: number; aside: number }> = {
  ArrowRight: (dx, dy) => ({ along: dx, aside: Math.abs(dy) }),
  ArrowLeft: (dx, dy) => ({ along: -dx, aside: Math.abs(dy) }),
  ArrowDown: (dx, dy) => ({ along: dy, aside: Math.abs(dx) }),
  ArrowUp: (dx, dy) => ({ along: -dy, aside: Math.abs(dx) }),
};
