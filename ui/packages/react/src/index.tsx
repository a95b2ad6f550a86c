/** The checkout for React: a hook, and a button that uses it. */

import { PaymentGateway } from "@paygate/sdk";
import { type MouseEvent, type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import type {
  PayButtonProps,
  PaymentGatewayHandle,
  PaymentGatewayStatus,
  UsePaymentGatewayOptions,
} from "../index";

export function usePaymentGateway(options: UsePaymentGatewayOptions): PaymentGatewayHandle {
  const [status, setStatus] = useState<PaymentGatewayStatus>("closed");
  const latest = useRef(options);
  const gateway = useRef<PaymentGateway | null>(null);
  /** Whether an order is being created; each start is an object of its own, so that a late one knows that it is. */
  const starting = useRef<object | null>(null);

  useEffect(() => {
    latest.current = options;
  });

  const { theme, locale } = options;
  useEffect(() => gateway.current?.update({ theme, locale }), [theme, locale]);

  useEffect(
    () => () => {
      starting.current = null;
      gateway.current?.destroy();
      gateway.current = null;
      setStatus("closed");
    },
    [],
  );

  const open = useCallback(async () => {
    if (gateway.current || starting.current) {
      return;
    }
    const start = {};
    starting.current = start;
    setStatus("starting");
    try {
      const { orderId } = latest.current;
      const id = typeof orderId === "function" ? await orderId() : orderId;
      if (starting.current === start) {
        gateway.current = show(id, latest, (next) => {
          if (next === "closed") {
            gateway.current = null;
          }
          setStatus(next);
        });
        setStatus("open");
      }
    } catch (error) {
      setStatus("closed");
      throw error;
    } finally {
      if (starting.current === start) {
        starting.current = null;
      }
    }
  }, []);

  const close = useCallback(() => gateway.current?.close() ?? true, []);
  return { status, open, close };
}

function show(
  orderId: string,
  latest: { current: UsePaymentGatewayOptions },
  tell: (status: PaymentGatewayStatus) => void,
): PaymentGateway {
  const { apiKey, ...options } = latest.current;
  const Gateway = globalThis.window?.PaymentGateway ?? PaymentGateway;
  const made = new Gateway({
    ...options,
    key: apiKey,
    orderId,
    onSuccess: (payment) => latest.current.onSuccess?.(payment),
    onFailure: (failure) => latest.current.onFailure?.(failure),
    onClose: (close) => {
      tell("closed");
      latest.current.onClose?.(close);
    },
  });
  made.on("processing", ({ active }) => tell(active ? "processing" : "open"));
  made.open();
  return made;
}

export function PayButton(props: PayButtonProps): ReactNode {
  const { apiKey, orderId, origin, onSuccess, onFailure, onClose, onError, children, ...more } = props;
  const { container, theme, locale, prefill, nonce, confirmClose, loadTimeoutMs, ...attributes } = more;
  const handlers = { onSuccess, onFailure, onClose };
  const look = { container, theme, locale, prefill, nonce, confirmClose };
  const { status, open } = usePaymentGateway({
    apiKey,
    orderId,
    origin,
    loadTimeoutMs,
    ...handlers,
    ...look,
  });
  const onClick = (event: MouseEvent<HTMLButtonElement>): void => {
    // Not every browser does so by itself, and the focus comes back to what had it.
    event.currentTarget.focus();
    open().catch((error) => (onError ?? reportError)(error));
  };
  return (
    <button {...attributes} type="button" aria-busy={status === "starting"} onClick={onClick}>
      {children}
    </button>
  );
}
