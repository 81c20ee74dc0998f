import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { backend } from "../../shared/backend/instance";
import { RequestError } from "../../shared/backend/problem";
import { Failure } from "../../shared/ui/message";
import { Page } from "../../shared/ui/page";
import { ExecutionView } from "./execution-view";
import { PlanView } from "./plan/plan-view";
import type { DetailSearch } from "./search";

const route = getRouteApi("/executions/$id");

/** A command or a plan: the id tells which. */
export function ExecutionDetailPage() {
  const { id } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const kind = useQuery({ queryKey: ["execution-kind", id], queryFn: ({ signal }) => kindOf(id, signal), staleTime: Number.POSITIVE_INFINITY, retry: false });
  const onSearch = (change: DetailSearch): void => void navigate({ search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false });
  if (kind.data === undefined) {
    return (
      <Page title={`Execution ${id.slice(-8)}`}>
        {kind.error ? <Failure title="The execution could not be read" error={kind.error} retry={() => void kind.refetch()} /> : <p role="status">Reading…</p>}
      </Page>
    );
  }
  return kind.data === "plan" ? <PlanView key={id} id={id} search={search} onSearch={onSearch} /> : <ExecutionView key={id} id={id} search={search} onSearch={onSearch} />;
}

async function kindOf(id: string, signal: AbortSignal): Promise<"command" | "plan"> {
  try {
    await backend.request("get", "/v1/executions/{id}", { path: { id }, signal });
    return "command";
  } catch (error) {
    if (!(error instanceof RequestError) || error.code !== "NOT_FOUND") throw error;
    await backend.request("get", "/v1/plans/{id}", { path: { id }, signal });
    return "plan";
  }
}
