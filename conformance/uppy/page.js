// The page that the browser opens: Uppy with one of its plugins, and a line for each file that went through.
import Uppy from '@uppy/core'
import Tus from '@uppy/tus'
import AwsS3 from '@uppy/aws-s3'
import { presigned } from './presigned.js'

const plugins = {
  tus: (uppy, { server, key, ...options }) => uppy.use(Tus, {
    endpoint: `${server}/api/v1/uploads`, headers: { 'X-API-Key': key }, retryDelays: [0, 300, 1000], ...options,
  }),
  'aws-s3': (uppy, { server, key, ...options }) => uppy.use(AwsS3, { ...presigned(uppy, server, key), ...options }),
}

// Uploads what the file input holds; the answer is what Uppy says about each file.
window.upload = async (plugin, options) => {
  const uppy = new Uppy()
  plugins[plugin](uppy, options)
  const list = document.querySelector('ul')
  uppy.on('progress', (percent) => { document.querySelector('progress').value = percent })
  uppy.on('upload-success', (file) => { list.append(line(`${plugin}: ${file.name}, ${file.size} bytes`)) })
  for (const file of document.querySelector('input').files) {
    uppy.addFile({ name: file.name, type: file.type, data: file })
  }
  const { successful, failed } = await uppy.upload()
  if (failed.length) throw new Error(failed.map((file) => `${file.name}: ${file.error}`).join('; '))
  return successful.map(({ name, uploadURL, mediaId }) => ({ name, uploadURL, mediaId }))
}

function line (text) {
  const item = document.createElement('li')
  item.textContent = text
  return item
}
