/** How a payment is paid: the method, and what of the instrument may be shown. */

import { Text } from "@mantine/core";
import { type Instrument, instrumentOf } from "./words.ts";

export function Method({ payment }: { readonly payment: Instrument }) {
  return (
    <>
      {payment.method === "upi" ? "UPI" : "Card"}{" "}
      <Text span size="sm" c="dimmed">
        {instrumentOf(payment)}
      </Text>
    </>
  );
}
