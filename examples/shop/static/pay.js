// The whole integration in the browser. The shop's server makes the order, the gateway's dialog takes the payment, and
// the shop's server checks what came of it: nothing that this file says is believed without a signature.

/** Asks the shop's own server. Throws what the server says when it refuses. */
async function ask(address, body) {
  const response = await fetch(address, {
    method: "POST",
    headers: { Accept: "application/json", "Content-Type": "application/json" },
    body: JSON.stringify(body ?? {}),
  }).catch(() => {
    throw new Error("This shop does not answer: is it running? Start it with `make up`.");
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error.description);
  return answer;
}

function showProblem(text) {
  const problem = document.getElementById("problem");
  problem.textContent = text;
  problem.hidden = !text;
  if (text) problem.scrollIntoView({ block: "nearest" });
}

function needScript(form) {
  if (typeof PaymentGateway !== "undefined") return;
  throw new Error(
    `${form.dataset.script} did not load. Start the gateway with “make up”, see that this shop’s CHECKOUT_PUBLIC_URL is ` +
      "where a browser finds the checkout, and reload this page.",
  );
}

async function pay(form) {
  needScript(form);
  const order = await ask(form.action);
  const orderPage = `/orders/${order.id}`;
  let paid = false;
  let failed = false;

  new PaymentGateway({
    key: order.key,
    orderId: order.id,
    onSuccess: async ({ paymentId, signature }) => {
      paid = true;
      try {
        await ask(`${orderPage}/return`, { payment_id: paymentId, signature });
      } catch (error) {
        showProblem(error.message);
      }
    },
    onFailure: ({ code, description }) => {
      failed = true;
      showProblem(code === "frame_timeout" ? `${description} Is the gateway running? \`make status\` tells.` : "");
    },
    onClose: () => {
      // The order's page tells the rest: how it was paid, or why not, and it can be tried again there.
      if (paid || failed) location.assign(orderPage);
    },
  }).open();
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  // The second button leads to the gateway's own page.
  if (!form.matches(".paying") || event.submitter?.value === "page") return;
  event.preventDefault();
  const button = event.submitter ?? form.querySelector("button");
  button.disabled = true;
  showProblem("");
  try {
    await pay(form);
  } catch (error) {
    showProblem(error.message);
  } finally {
    button.disabled = false;
  }
});

const first = document.querySelector(".paying");
if (first) {
  try {
    needScript(first);
  } catch (error) {
    showProblem(error.message);
  }
}
