/** The page: one checkout, shown. */

import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { Gateway } from "./api.ts";
import { type Bootstrap, isLocale, type Prefill, type Theme } from "./bootstrap.ts";
import { type Checkout, giveUp, useCheckout } from "./checkout.ts";
import { useEscape, useFocus, useHeight, useReturn } from "./effects.ts";
import { type Language, speak } from "./i18n.ts";
import { isLocked, type Screen, type State } from "./machine.ts";
import { cancelUrl, type Link, orderIdOf, returnUrl } from "./parent.ts";
import { Challenge } from "./views/Challenge.tsx";
import { Leave } from "./views/Leave.tsx";
import { LanguageContext, useLanguage } from "./views/language.ts";
import { Icon } from "./views/marks.tsx";
import { Ended, type Exit, errorOf, Failed, Success, titleOf } from "./views/Outcome.tsx";
import { Pay } from "./views/Pay.tsx";
import { Summary } from "./views/Summary.tsx";
import { Voice } from "./views/Voice.tsx";
import { Loading, Waiting, wordsOf } from "./views/Waiting.tsx";

interface Given {
  readonly bootstrap: Bootstrap;
  readonly first: Language;
  /** Whoever embeds the page; null when nobody does. */
  readonly parent: Link | null;
}

/** The page in its language, linked with whoever embeds it. */
export function App({ bootstrap, first, parent }: Given): ReactNode {
  const [language, setLanguage] = useState(first);
  const [prefill, setPrefill] = useState<Prefill>(bootstrap.prefill);
  const [isInline, setInline] = useState(false);
  const [asks, setAsks] = useState(false);
  const close = useRef<() => void>(() => undefined);

  useEffect(() => {
    const change = ({ theme, locale }: { theme?: Theme | undefined; locale?: string | undefined }): void => {
      if (theme !== undefined) {
        document.documentElement.setAttribute("data-theme", theme);
      }
      if (isLocale(locale)) {
        void speak(locale).then(setLanguage);
      }
    };
    parent?.listen({
      onOptions: (options) => {
        change(options);
        setPrefill((given) => ({ ...given, ...options.prefill }));
        setInline(options.container);
        setAsks(options.confirmClose ?? false);
      },
      onMessage: (message) => (message.type === "update" ? change(message.data) : close.current()),
    });
  }, [parent]);
  useEffect(() => {
    document.documentElement.lang = language.locale;
    document.documentElement.dir = language.direction;
  }, [language]);
  return (
    <LanguageContext value={language}>
      <Page {...{ bootstrap, prefill, parent, isInline, asks, close }} />
    </LanguageContext>
  );
}

interface PageGiven {
  readonly bootstrap: Bootstrap;
  readonly prefill: Prefill;
  readonly parent: Link | null;
  readonly isInline: boolean;
  readonly asks: boolean;
  /** Filled in by the page: what to do when the parent wants to close. */
  readonly close: { current: () => void };
}

function Page({ bootstrap, prefill, parent, isInline, asks, close }: PageGiven): ReactNode {
  const language = useLanguage();
  const { say } = language;
  const { order, session } = bootstrap;
  const gateway = useMemo(
    () => new Gateway(bootstrap.api_url, orderIdOf(bootstrap.order), bootstrap.key),
    [bootstrap],
  );
  const checkout = useCheckout(bootstrap, gateway, parent);
  const { state } = checkout;
  const merchant = bootstrap.merchant?.name ?? say("the_shop");
  const amount = order === null ? "" : language.money(order.amount, order.currency);
  const page = useRef<HTMLElement>(null);
  const [isLeaving, setLeaving] = useState(false);

  const leave = parent === null ? null : () => parent.say({ type: "close_modal", data: {} });
  const wantsToClose = (): void => {
    if (isLocked(state)) {
      return;
    }
    if (state.screen.kind === "challenge" || (asks && state.screen.kind === "pay")) {
      setLeaving(true);
    } else {
      leave?.();
    }
  };
  close.current = wantsToClose;
  const exit = { href: hrefAfter(state, bootstrap), leave };
  const isOver = isLocked(state) || state.screen.kind === "success";
  const cancelHref = session?.cancel_url == null || isOver ? null : cancelUrl(session.cancel_url, session.id);

  useEscape(close);
  useHeight(page, parent, isInline);
  useFocus(page, state.screen);
  useReturn(exit.href);
  useEffect(() => {
    document.title = `${pageTitle(state.screen, language)} · ${merchant}`;
  }, [state.screen, language, merchant]);

  return (
    <main
      ref={page}
      className="page"
      data-test-id="checkout-container"
      data-screen={state.screen.kind}
      data-embedded={bootstrap.embedded}
      data-inline={isInline}
    >
      <Summary {...{ bootstrap, amount, merchant, cancelHref }} />
      <div className="stage">
        <Stage {...{ bootstrap, checkout, amount, merchant, prefill, exit }} />
      </div>
      <footer>
        <span>
          <Icon name="lock" />
          {say("secured")}
        </span>
        {bootstrap.test_mode && <span>{say("test_note")}</span>}
      </footer>
      <Voice state={state} merchant={merchant} />
      {isLeaving && (
        <Leave
          isChallenge={state.screen.kind === "challenge"}
          onStay={() => setLeaving(false)}
          onLeave={() => {
            setLeaving(false);
            giveUp(state, gateway);
            leave?.();
          }}
        />
      )}
    </main>
  );
}

interface StageGiven {
  readonly bootstrap: Bootstrap;
  readonly checkout: Checkout;
  readonly amount: string;
  readonly merchant: string;
  readonly prefill: Prefill;
  readonly exit: Exit;
}

function Stage({ bootstrap, checkout, amount, merchant, prefill, exit }: StageGiven): ReactNode {
  const { state, dispatch, pay, resume, leave } = checkout;
  const { screen, method } = state;
  const words = { amount, merchant };
  switch (screen.kind) {
    case "loading":
      return <Loading />;
    case "pay":
    case "sending":
      return (
        <>
          {screen.kind === "sending" && (
            <Waiting {...words} screen={screen} onResume={resume} onLeave={() => undefined} />
          )}
          <Pay
            {...words}
            {...{ bootstrap, method, prefill }}
            refusal={screen.kind === "pay" ? screen.refusal : null}
            isHidden={screen.kind === "sending"}
            onChoose={(chosen) => dispatch({ type: "chosen", method: chosen })}
            onPay={pay}
          />
        </>
      );
    case "waiting":
      return <Waiting {...words} screen={screen} onResume={resume} onLeave={leave} />;
    case "challenge":
      return <Challenge key={screen.payment.id} url={screen.url} onLeave={leave} />;
    case "success":
      return <Success {...words} payment={screen.payment} earlier={screen.earlier} exit={exit} />;
    case "paid":
      return <Success {...words} payment={null} earlier exit={exit} />;
    case "failure":
      return <Failed failure={screen.failure} exit={exit} onRetry={() => dispatch({ type: "again" })} />;
    case "expired":
      return (
        <Ended
          title="expired_title"
          sentence="expired"
          testId="expired-state"
          icon="open"
          {...{ merchant, exit }}
        />
      );
    case "error":
      return (
        <Ended
          title="error_title"
          sentence={errorOf(screen.code)}
          testId="config-error-state"
          icon="bad"
          {...{ merchant, exit }}
        />
      );
  }
}

/** Where a hosted session goes on after success. */
function hrefAfter({ screen }: State, { session }: Bootstrap): string | null {
  if (screen.kind !== "success" || session?.success_url == null) {
    return null;
  }
  return returnUrl(session.success_url, session.id, screen.payment);
}

function pageTitle(screen: Screen, { say }: Language): string {
  switch (screen.kind) {
    case "sending":
    case "waiting":
      return say(wordsOf(screen)[0]);
    case "challenge":
      return say("challenge_title");
    case "success":
      return say(screen.earlier ? "earlier_title" : "success_title");
    case "paid":
      return say("earlier_title");
    case "failure":
      return say(titleOf(screen.failure));
    case "expired":
      return say("expired_title");
    case "error":
      return say("error_title");
    default:
      return say("methods");
  }
}
