/** Short messages in the corner: what was done, or why it was not. */

import type { NotificationData } from "@mantine/notifications";
import { asProblem } from "../api/problem.ts";

/** The corner's code comes after the first page: see app/providers.tsx. */
function show(told: NotificationData): void {
  void import("@mantine/notifications").then(({ notifications }) => notifications.show(told));
}

/** Something was done. */
export function tellDone(message: string): void {
  show({ message, color: "teal.8", withBorder: true, autoClose: 5000 });
}

/** Something was not done: the reason and the request's id stay until they are read. */
export function tellProblem(error: unknown): void {
  const { description, code, requestId } = asProblem(error);
  show({
    title: description,
    message: requestId === null ? code : `${code} · ${requestId}`,
    color: "red.8",
    withBorder: true,
    autoClose: false,
  });
}
