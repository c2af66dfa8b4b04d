// A page that uploads a film with uppy, asks for it with fetch, and tells its own server how it went.
import Uppy from '@uppy/core'
import Tus from '@uppy/tus'

const { endpoint, token, chunkSize, meta } = await (await fetch('/settings.json')).json()
const headers = token ? { Authorization: `Bearer ${token}` } : {}

async function look(url) {
  const answer = await fetch(url, { headers: { ...headers, 'Tus-Resumable': '1.0.0' } })
  return { document: await answer.json(), offset: answer.headers.get('Upload-Offset') }
}

async function uploadFilm() {
  let isFirst = true
  async function pauseOnce(_, { bytesUploaded }) {
    if (!isFirst || !bytesUploaded) return
    isFirst = false
    uppy.pauseAll()
    await fetch('/paused') // our own server answers when we may go on
    uppy.resumeAll()
  }
  const film = await (await fetch('/film')).blob()
  const uppy = new Uppy({ autoProceed: false, meta })
  uppy.use(Tus, { endpoint, headers, chunkSize, retryDelays: [0, 100] })
  uppy.addFile({ name: 'film.mp4', type: 'video/mp4', data: film })
  uppy.on('upload-progress', pauseOnce)
  const { successful, failed } = await uppy.upload()
  if (failed.length) return { failed: String(failed[0].error) }
  const url = successful[0].uploadURL
  return { url, ...(await look(url)) }
}

const told = await uploadFilm().catch((error) => ({ broken: String(error.stack) }))
await fetch('/told', { method: 'POST', body: JSON.stringify(told) })
