// One delivery per line of standard input: {secret, id, timestamp, signature, body (base64)}. One verdict per line of standard output.
import { createInterface } from "node:readline";
import { Webhook } from "standardwebhooks";

for await (const line of createInterface({ input: process.stdin })) {
  const { secret, id, timestamp, signature, body } = JSON.parse(line);
  try {
    new Webhook(secret).verify(Buffer.from(body, "base64"), { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature });
    console.log("verified");
  } catch (error) {
    console.log(`refused: ${error.message}`);
  }
}
