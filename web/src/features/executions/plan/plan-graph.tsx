import "@xyflow/react/dist/base.css";

import { Background, Controls, Handle, MarkerType, Position, ReactFlow, type Edge as FlowEdge, type Node, type NodeProps } from "@xyflow/react";
import { memo, useMemo } from "react";

import type { ExecutionStatus, PlanRun } from "../../../api/types";
import { Status } from "../../../shared/ui/status";
import { edgesOf, placesOf, type Place } from "./layout";
import styles from "./plan.module.css";

const COLUMN_PX = 236;
const ROW_PX = 84;

interface StepData extends Record<string, unknown> {
  name: string;
  status: ExecutionStatus;
  chosen: boolean;
  root: boolean;
}

type StepNode = Node<StepData, "step">;

interface PlanGraphProps {
  run: PlanRun;
  chosen: string | undefined;
  onChoose(step: string): void;
}

/** The steps of a plan and what waits for what. Loaded when a plan is opened: nothing else needs it. */
export default function PlanGraph({ run, chosen, onChoose }: PlanGraphProps) {
  const { plan } = run;
  const graph = useMemo(() => {
    const edges = edgesOf(plan);
    return { edges, places: placesOf(plan.steps.map((step) => step.id), edges) };
  }, [plan]);
  const nodes = useMemo(() => {
    const status = new Map(run.result.steps.map((step) => [step.id, step.status]));
    const roots = new Set(run.result.steps.flatMap((step) => step.root_cause ?? []));
    return graph.places.map(({ id, column, row }): StepNode => ({
      id,
      type: "step",
      position: { x: column * COLUMN_PX, y: row * ROW_PX },
      ariaLabel: `Step ${id}: ${(status.get(id) ?? "pending").replace("_", " ")}`,
      selected: id === chosen,
      data: { name: id, status: status.get(id) ?? "pending", chosen: id === chosen, root: roots.has(id) },
    }));
  }, [graph, run.result.steps, chosen]);
  const edges = useMemo(() => {
    const running = new Set(run.result.steps.filter((step) => step.status === "running").map((step) => step.id));
    return graph.edges.map(({ from, to }): FlowEdge => ({ id: `${from} ${to}`, source: from, target: to, markerEnd: { type: MarkerType.ArrowClosed }, className: (running.has(to) ? styles["edgeRunning"] : styles["edge"]) ?? "", focusable: false }));
  }, [graph, run.result.steps]);
  return (
    <div className={styles["graph"]} style={{ height: `clamp(12rem, ${heightOf(graph.places)}px, 60vh)` }}>
      <ReactFlow
        aria-label="Steps of the plan"
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        fitView
        fitViewOptions={FIT}
        minZoom={0.1}
        maxZoom={1.5}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={false}
        elevateNodesOnSelect={false}
        deleteKeyCode={null}
        selectionKeyCode={null}
        multiSelectionKeyCode={null}
        zoomOnScroll={false}
        preventScrolling={false}
        ariaLabelConfig={SAYINGS}
        onNodesChange={(changes) => {
          const picked = changes.find((change) => change.type === "select" && change.selected);
          if (picked?.type === "select") onChoose(picked.id);
        }}
      >
        <Background gap={24} />
        <Controls showInteractive={false} orientation="horizontal" />
      </ReactFlow>
    </div>
  );
}

/** Returns how high the picture is at its own size, in pixels. */
function heightOf(places: readonly Place[]): number {
  return (Math.max(0, ...places.map(({ row }) => row)) + 1) * ROW_PX + MARGIN_PX;
}

const MARGIN_PX = 70;
const SAYINGS = {
  "node.a11yDescription.default": "Press Enter or Space to show the step's log.",
  "node.a11yDescription.keyboardDisabled": "Press Enter or Space to show the step's log.",
};
/** Steps keep a size at which they can be read; a large plan is moved about. */
const FIT = { padding: 0.06, minZoom: 0.45, maxZoom: 1 };
const NODE_TYPES = { step: memo(StepBox) };

function StepBox({ data }: NodeProps<StepNode>) {
  return (
    <div className={`${styles["step"]} ${styles[data.status] ?? ""} ${data.chosen ? styles["chosen"] : ""}`}>
      <Handle type="target" position={Position.Left} isConnectable={false} className={styles["handle"]} />
      <span className={styles["name"]}>{data.name}</span>
      <span className={styles["state"]}>
        <Status status={data.status} />
        {data.root ? <span className={styles["root"]}>root cause</span> : null}
      </span>
      <Handle type="source" position={Position.Right} isConnectable={false} className={styles["handle"]} />
    </div>
  );
}
