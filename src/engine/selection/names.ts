/** Backends by the names that an operator may ask for. */

/** Fastest kind first. `tensorflow` is tfjs-node-gpu or tfjs-node, whichever is installed. */
export const BACKEND_NAMES = ['tensorflow', 'onnx-cuda', 'onnx-webgpu', 'onnx-coreml', 'onnx-dml', 'onnx-cpu'] as const;
export type BackendName = (typeof BACKEND_NAMES)[number];

/** `auto`: the first of tensorflow on a GPU, onnx-cuda, onnx-webgpu on a real adapter, onnx-cpu that runs here. */
export const BACKEND_CHOICES = ['auto', ...BACKEND_NAMES] as const;
export type BackendChoice = (typeof BACKEND_CHOICES)[number];

/** What an operator can do to get the backend. */
export const BACKEND_ADVICE: Readonly<Record<BackendName, string>> = {
  tensorflow: 'npm install --no-save @tensorflow/tfjs-node-gpu@4.22.0, with CUDA 11 and cuDNN 8 on the machine',
  'onnx-cuda':
    'node node_modules/onnxruntime-node/script/install.js --onnxruntime-node-install=cuda12 (Linux x64), with CUDA 12 and cuDNN 9 on the machine',
  'onnx-webgpu': 'a driver for Vulkan (on Debian libvulkan1 and the GPU’s own), Metal or Direct3D 12',
  'onnx-coreml': 'macOS',
  'onnx-dml': 'Windows',
  'onnx-cpu': 'npm ci',
};
