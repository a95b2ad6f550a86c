// A React shop in StrictMode: its components are mounted, unmounted and mounted again, and still sell once.
import { PayButton } from "@paygate/react";
import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";

const { apiKey, orderId, origin } = JSON.parse(document.getElementById("options").textContent);

function Shop() {
  const [said, setSaid] = useState([]);
  const [isThere, setThere] = useState(true);
  const say = (what) => (data) => setSaid((before) => [...before, JSON.stringify({ what, data: data ?? null })]);
  const order = async () => orderId;
  return (
    <main>
      <h1>A shop in React</h1>
      {isThere && (
        <PayButton
          apiKey={apiKey}
          origin={origin}
          orderId={order}
          data-order={orderId}
          onSuccess={say("success")}
          onFailure={say("failure")}
          onClose={say("close")}
        >
          Pay
        </PayButton>
      )}
      <button type="button" id="leave" onClick={() => setThere(false)}>
        Leave
      </button>
      <ol id="said">
        {said.map((line, place) => (
          <li key={place}>{line}</li>
        ))}
      </ol>
    </main>
  );
}

createRoot(document.getElementById("app")).render(
  <StrictMode>
    <Shop />
  </StrictMode>,
);
