// The whole integration in the browser. The shop's server makes the order, the gateway's dialog takes the payment, and
// the shop's server checks what came of it: nothing that this file says is believed without a signature.

const { key, checkout } = document.currentScript.dataset;

/** Opens the gateway's dialog for an order that the shop's server has made. */
function openCheckout(orderId) {
  const orderPage = `/orders/${orderId}`;
  let failed = false;
  let verifying = null;

  new PaymentGateway({
    key,
    orderId,
    onSuccess: ({ paymentId, signature }) => {
      verifying = ask(`${orderPage}/return`, { payment_id: paymentId, signature }).catch(showProblem);
    },
    onFailure: () => {
      failed = true;
    },
    onClose: async () => {
      await verifying;
      // The order's page tells the rest: how it got paid, or why not, and it can be tried again there.
      if (verifying || failed) location.assign(orderPage);
    },
  }).open();
}

/** Asks the shop's own server. Throws what the server says when it refuses. */
async function ask(address, body) {
  const response = await fetch(address, {
    method: "POST",
    headers: { Accept: "application/json", "Content-Type": "application/json" },
    body: JSON.stringify(body ?? {}),
    keepalive: true,
  }).catch(() => {
    throw new Error("This shop does not answer: is it running?");
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error.description);
  return answer;
}

function showProblem(error) {
  const problem = document.getElementById("problem");
  problem.textContent = error.message;
  problem.hidden = false;
  problem.scrollIntoView({ block: "nearest" });
}

function needScript() {
  if (typeof PaymentGateway !== "undefined") return;
  throw new Error(
    `${checkout} did not load. Start the gateway with “make up”, see that this shop’s CHECKOUT_PUBLIC_URL is where a ` +
      "browser finds the checkout, and reload this page.",
  );
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  // The second button leads to the gateway's own page.
  if (!form.matches(".paying") || event.submitter?.value === "page") return;
  event.preventDefault();
  const button = event.submitter ?? form.querySelector("button");
  button.disabled = true;
  document.getElementById("problem").hidden = true;
  try {
    needScript();
    openCheckout((await ask(form.action)).id);
  } catch (error) {
    showProblem(error);
  } finally {
    button.disabled = false;
  }
});

try {
  needScript();
  // A payment was under way when the page was reloaded: the dialog shows what came of it.
  const left = PaymentGateway.pending();
  if (left?.processing) openCheckout(left.orderId);
} catch (error) {
  showProblem(error);
}
