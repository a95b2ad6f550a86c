/** The part of react-dom that the page uses; its own types are not among the packages. */
declare module "react-dom/client" {
  import type { ReactNode } from "react";

  export function createRoot(container: Element): { render(children: ReactNode): void; unmount(): void };
}
