import { Link } from "@tanstack/react-router";

import { Page } from "../shared/ui/page";
import { Message } from "../shared/ui/message";

export function NotFound() {
  return (
    <Page title="Not found">
      <Message kind="warning" title="There is no page at this address">
        <p>
          The link may be cut off. Start from the <Link to="/">overview</Link>.
        </p>
      </Message>
    </Page>
  );
}
