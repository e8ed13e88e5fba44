// On the sign-in page: whoever's logs lie open on this phone may write without signing in.

import { canEncrypt, heldSlot } from "./account_key.js";
import { openDatabase } from "./local_database.js";

async function offer() {
  const database = await openDatabase();
  document.querySelector("[data-outbox-offer]").hidden = await heldSlot(database) === "";
  database.close();
}

if (canEncrypt()) {
  offer().catch((error) => console.info("nothing to offer:", error.name));
}
