/** What the receiver does with the secret. */
export function WebhookSecretUse() {
  return (
    <p>
      The receiver checks the header <code>webhook-signature</code> with it, as Standard Webhooks says: libraries for most languages take it as it is. Requests that do not fit are not from here.
    </p>
  );
}
