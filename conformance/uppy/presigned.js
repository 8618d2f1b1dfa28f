// Options for @uppy/aws-s3 (6 and newer) that let it speak to Mediaworks: the plugin asks for an address for each of its
// S3 requests, and Mediaworks makes, joins and checks the object itself. What S3 would answer to the requests that are not
// sent is therefore given back as a data: address.
export function presigned (uppy, server, key) {
  const slots = new Map() // by object key and by upload id: what Mediaworks keeps free for a file
  const ask = async (method, path, body) => {
    const answer = await fetch(`${server}/api/v1/${path}`, {
      method,
      headers: { 'X-API-Key': key, ...(body && { 'Content-Type': 'application/json' }) },
      body: body && JSON.stringify(body),
    })
    if (!answer.ok) throw new Error((await answer.json()).detail)
    return answer.status === 204 ? null : answer.json()
  }
  const begin = async (fileId, multipart) => {
    const file = uppy.getFile(fileId)
    const wish = { filename: file.name, fileType: file.type || 'application/octet-stream', sizeBytes: file.size, multipart }
    const slot = { ...await ask('POST', 'media/presign', wish), fileId }
    slots.set(slot.key, slot).set(slot.id, slot)
    return slot
  }
  const confirm = async (slot) => {
    const media = await ask('POST', `media/presign/${slot.id}/confirm`)
    uppy.setFileState(slot.fileId, { mediaId: media.id })
    return media
  }
  uppy.addPostProcessor(async (fileIds) => {
    for (const slot of new Set(slots.values())) {
      if (fileIds.includes(slot.fileId) && !slot.parts) await confirm(slot)
    }
  })
  return {
    generateObjectKey: (file) => file.id,
    getChunkSize: ({ size }) => Math.max(16 * 2 ** 20, Math.ceil(size / 10_000)),
    signRequest: async ({ method, key, uploadId, partNumber }) => {
      if (method === 'PUT' && !uploadId) {
        const slot = await begin(key, false)
        return { url: slot.uploadUrl, headers: settable(slot.headers), key: slot.key }
      }
      if (method === 'POST' && !uploadId) {
        const slot = await begin(key, true)
        slot.parts = true
        return { url: xml(`<InitiateMultipartUploadResult><UploadId>${slot.id}</UploadId></InitiateMultipartUploadResult>`), key: slot.key }
      }
      if (method === 'PUT') {
        const { parts: [part] } = await ask('POST', `media/presign/${uploadId}/parts`, { partNumbers: [partNumber] })
        return { url: part.url, headers: settable(part.headers) }
      }
      if (method === 'POST') {
        const media = await confirm(slots.get(uploadId))
        return { url: xml(`<CompleteMultipartUploadResult><Location>${server}/api/v1/media/${media.id}</Location><Key>${key}</Key></CompleteMultipartUploadResult>`) }
      }
      if (method === 'DELETE') {
        await ask('DELETE', `uploads/${uploadId}`)
        return { url: xml('<Deleted/>') }
      }
      throw new Error('@uppy/aws-s3 asks for a list of parts: begin the upload again')
    },
  }
}

const xml = (text) => `data:application/xml,${encodeURIComponent(text)}`

// Without the length, which the browser sends by itself and lets no script set.
const settable = (headers) => Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'content-length'))
