// One upload with tus-js-client as an application does it; prints {"location": …} at the end.
// Usage: node client.mjs CASE PROTOCOL FILE, with MW_URL and MW_KEY in the environment.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import * as tus from 'tus-js-client'

const [name, protocol, file] = process.argv.slice(2)
const MiB = 1024 * 1024

const base = {
  endpoint: `${process.env.MW_URL}/api/v1/uploads`,
  headers: { 'X-API-Key': process.env.MW_KEY },
  metadata: { filename: path.basename(file), filetype: 'application/pdf', tags: 'conformance,tus-js' },
  protocol,
  retryDelays: [0, 200, 1000],
}

// Of a file that is read piece by piece tus-js-client never says to an IETF server which piece is the last, so it gets a buffer.
const input = () => protocol === 'tus-v1' ? fs.createReadStream(file) : fs.readFileSync(file)

// A stream whose length nobody knows.
const pipe = () => fs.createReadStream(file).pipe(new PassThrough())

function upload (options = {}, begin = (one) => one.start(), source = input()) {
  return new Promise((resolve, reject) => {
    const one = new tus.Upload(source, {
      ...base, ...options, onError: reject, onSuccess: () => resolve(one),
    })
    Promise.resolve(begin(one)).catch(reject)
  })
}

// Stops once two MiB are on their way, throws the object away, and finds the upload again by its fingerprint.
async function resumed (options) {
  const urlStorage = new tus.FileUrlStorage(path.join(os.tmpdir(), `tus-js-${process.pid}.json`))
  const kept = { ...options, urlStorage, storeFingerprintForResuming: true, removeFingerprintOnSuccess: true }
  await new Promise((resolve, reject) => {
    const first = new tus.Upload(input(), {
      ...base, ...kept,
      onError: reject,
      onSuccess: () => reject(new Error('it was over before it could be interrupted')),
      onProgress: (sent) => { if (sent >= 2 * MiB) first.abort().then(resolve, reject) },
    })
    first.start()
  })
  return upload(kept, async (second) => {
    const [previous] = await second.findPreviousUploads()
    if (!previous) throw new Error('the interrupted upload was not found again')
    second.resumeFromPreviousUpload(previous)
    second.start()
  })
}

async function terminated () {
  let location
  await new Promise((resolve, reject) => {
    const one = new tus.Upload(input(), {
      ...base, chunkSize: MiB, onError: reject,
      onChunkComplete: () => { location = one.url; one.abort(true).then(resolve, reject) },
    })
    one.start()
  })
  const after = await fetch(location, { method: 'HEAD', headers: { ...base.headers, 'Tus-Resumable': '1.0.0' } })
  if (![404, 410].includes(after.status)) throw new Error(`HEAD after the termination is ${after.status}`)
  return { url: location }
}

const cases = {
  whole: () => upload(),
  chunked: () => upload({ chunkSize: MiB }),
  'with the creation': () => upload({ uploadDataDuringCreation: true }),
  'with the creation, chunked': () => upload({ uploadDataDuringCreation: true, chunkSize: 3 * MiB }),
  'length told last': () => upload({ uploadLengthDeferred: true, chunkSize: 2 * MiB }, undefined, pipe()),
  'four parts at once': () => upload({ parallelUploads: 4 }),
  'resumed after an abort': () => resumed({ chunkSize: MiB }),
  'parts resumed after an abort': () => resumed({ parallelUploads: 3, chunkSize: MiB / 2 }),
  terminated,
}

const done = await cases[name]()
console.log(JSON.stringify({ location: done.url }))
