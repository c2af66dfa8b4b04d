// Uploads a file with tus-js-client; prints the outcome as JSON.
// node tus_client.mjs MODULE ENDPOINT FILE CHUNK_BYTES METADATA_JSON
import { createRequire } from 'node:module'
import fs from 'node:fs'

const [, , module, endpoint, file, chunk, metadata] = process.argv
const tus = createRequire(import.meta.url)(module)
const size = fs.statSync(file).size
const upload = new tus.Upload(fs.createReadStream(file), {
  endpoint,
  uploadSize: size,
  chunkSize: Number(chunk),
  metadata: JSON.parse(metadata),
  retryDelays: [0, 100, 200, 400, 800, 1600, 3200],
  onSuccess: () => console.log(JSON.stringify({ url: upload.url })),
  onError: (error) => {
    const response = error.originalResponse
    console.log(JSON.stringify({ status: response?.getStatus(), body: response?.getBody() }))
    process.exit(1)
  },
})
upload.start()
