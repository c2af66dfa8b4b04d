// A page that uploads a file with uppy, fetches its document, and posts the outcome to its own server.
import Uppy from '@uppy/core'
import Tus from '@uppy/tus'

const { endpoint, token, chunkSize, meta } = await (await fetch('/settings.json')).json()
const headers = token ? { Authorization: `Bearer ${token}` } : {}

async function fetchUpload(url) {
  const response = await fetch(url, { headers: { ...headers, 'Tus-Resumable': '1.0.0' } })
  return { document: await response.json(), offset: response.headers.get('Upload-Offset') }
}

async function uploadFile() {
  let isFirst = true
  async function pauseOnce(_, { bytesUploaded }) {
    if (!isFirst || !bytesUploaded) return
    isFirst = false
    uppy.pauseAll()
    await fetch('/paused') // answered when the upload may continue
    uppy.resumeAll()
  }
  const file = await (await fetch('/file')).blob()
  const uppy = new Uppy({ autoProceed: false, meta })
  uppy.use(Tus, { endpoint, headers, chunkSize, retryDelays: [0, 100] })
  uppy.addFile({ name: 'film.mp4', type: 'video/mp4', data: file })
  uppy.on('upload-progress', pauseOnce)
  const { successful, failed } = await uppy.upload()
  if (failed.length) return { failed: String(failed[0].error) }
  const url = successful[0].uploadURL
  return { url, ...(await fetchUpload(url)) }
}

const outcome = await uploadFile().catch((error) => ({ broken: String(error.stack) }))
await fetch('/outcome', { method: 'POST', body: JSON.stringify(outcome) })
