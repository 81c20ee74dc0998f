import { Empty } from "../../shared/ui/empty";
import { LinkButton } from "../../shared/ui/link-button";
import { viewCommand } from "./command";
import { isNarrowed, widened, type InventorySearch } from "./search";

/** An empty table: nothing is known at all, or nothing fits. */
export function Nothing({ search }: { search: InventorySearch }) {
  if (!isNarrowed(search)) {
    return (
      <Empty inset title="Nothing is known yet" action={<LinkButton to="/scans/new">Scan a network</LinkButton>} command="groma scan network 10.1.0.0/24">
        Everything that a scan finds is listed here, of every domain: hosts and their services, resources of a cloud, machines. With its state, where it is, its tags, and when it was last seen and changed.
      </Empty>
    );
  }
  return (
    <Empty
      inset
      title={search.deleted === "only" ? "Nothing that fits is gone" : "Nothing fits these filters"}
      action={
        <LinkButton to="/inventory" search={widened(search)} variant="default">
          Remove the filters
        </LinkButton>
      }
      command={viewCommand(search)}
    >
      {search.deleted === "only" ? "What a complete scan no longer finds is listed here, with what was last known of it." : "Things with all of the chosen fields would be listed here."}
    </Empty>
  );
}

/** A search that found nothing. */
export function NothingFound({ search }: { search: InventorySearch }) {
  const narrowed = isNarrowed(search);
  return (
    <Empty
      inset
      title="Nothing was found"
      action={
        narrowed ? (
          <LinkButton to="/inventory" search={widened(search)} variant="default">
            Search without the filters
          </LinkButton>
        ) : (
          <LinkButton to="/inventory" search={{}} variant="default">
            Show everything
          </LinkButton>
        )
      }
      command={viewCommand(search)}
    >
      {narrowed ? "The filters stay applied while you search. " : ""}Ids, addresses, ARNs and parts of names are found as they are written; words are found in names, kinds, identifiers and tags.
    </Empty>
  );
}
