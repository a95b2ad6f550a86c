/** How the dialog looks. A shop's policy of `style-src 'self'` allows it: the sheet is made by script, not inline. */

/**
 * Twice the class, so that a shop's own rules for buttons and frames weigh less. --b is the colour behind, --i that of the
 * words, both as in the page's own styles; --h is the height of what is in the frame, as the page tells it. A phone's
 * whole screen is the dialog. The button after the frame is that to try again.
 */
const CSS = `
.paygate.paygate{--b:#fff;--i:#141b28;all:unset;color-scheme:light;box-sizing:border-box;display:flex;flex-direction:column;
position:relative;height:var(--h,600px);background:var(--b);color:var(--i);font:14px/20px system-ui;text-align:center}
dialog.paygate.paygate{position:fixed;inset:0;height:100dvh;overflow:hidden;
padding:env(safe-area-inset-top) env(safe-area-inset-right) env(safe-area-inset-bottom) env(safe-area-inset-left)}
dialog.paygate.paygate:not([open]){display:none}
.paygate::backdrop{background:#0009}
.paygate.paygate>*{all:unset}
.paygate.paygate>output{display:grid;place-content:center;padding:0 48px}
dialog.paygate.paygate>output{min-height:48px}
.paygate.paygate>iframe{flex:1}
.paygate.paygate>button{position:absolute;inset-inline-end:0;padding:12px;width:24px;border-radius:8px;font-size:16px;cursor:pointer}
.paygate.paygate>button:focus-visible{outline:2px solid;outline-offset:-4px}
.paygate.paygate>iframe+button{inset:0;margin:auto;width:max-content;height:20px;border:1px solid}
.paygate.paygate:not([data-state=failed])>iframe+button{display:none}
.paygate.paygate[data-state=failed]>iframe,.paygate.paygate[data-state=loading]>iframe{visibility:hidden}
.paygate[data-state=loading]::after{content:"";position:absolute;inset:0;margin:auto;width:32px;height:32px;
border:3px solid #8886;border-top-color:var(--i);border-radius:50%}
@media (min-width:561px) and (min-height:481px){dialog.paygate.paygate{margin:auto;padding:0;width:448px;
height:calc(var(--h,600px) + 48px);max-height:calc(100% - 48px);border-radius:16px}}
@media (prefers-reduced-motion:no-preference){.paygate::after{animation:paygate 1s linear infinite}}
@keyframes paygate{to{transform:rotate(1turn)}}
`;

const DARK = "{--b:#161b24;--i:#edf1f7;color-scheme:dark}";

const SHEET = `${CSS}.paygate.paygate[data-theme=dark]${DARK}
@media (prefers-color-scheme:dark){.paygate.paygate[data-theme=auto]${DARK}}`;

let styled = false;

/** Once for a document. `nonce` is for browsers that can't make a sheet without a style element. */
export function addStyles(nonce: string | undefined): void {
  if (styled) {
    return;
  }
  styled = true;
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(SHEET);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  } catch {
    const element = document.createElement("style");
    element.nonce = nonce ?? "";
    element.textContent = SHEET;
    document.head.append(element);
  }
}
