// Photos are made smaller on the phone before they are sent, which also drops what the camera wrote about the place.
// What cannot be made smaller is sent as it is; the server makes every picture anew in any case.

const LONG_SIDE = 1600;
const QUALITY = 0.82;

async function sizeOf(file) {
  const address = URL.createObjectURL(file);
  try {
    const picture = new Image();
    picture.src = address;
    await picture.decode();
    return { width: picture.naturalWidth, height: picture.naturalHeight };
  } finally {
    URL.revokeObjectURL(address);
  }
}

async function smaller(file) {
  try {
    const { width, height } = await sizeOf(file);
    const scale = Math.min(1, LONG_SIDE / Math.max(width, height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(width * scale));
    canvas.height = Math.max(1, Math.round(height * scale));
    // The browser scales while it decodes: a picture of 48 million points would not fit into a small phone's memory.
    const picture = await createImageBitmap(file, {
      imageOrientation: "from-image", resizeWidth: canvas.width, resizeHeight: canvas.height, resizeQuality: "high",
    });
    const paper = canvas.getContext("2d");
    paper.fillStyle = "#ffffff";
    paper.fillRect(0, 0, canvas.width, canvas.height);
    paper.drawImage(picture, 0, 0);
    picture.close();
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
    if (!blob) {
      return file;
    }
    return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
  } catch (error) {
    console.info("a photo is sent as it is:", error.name);
    return file;
  }
}

// Replace the chosen files by smaller ones; resolves when the field holds what will be sent.
export async function makeSmaller(field) {
  const chosen = Array.from(field.files);
  const bag = new DataTransfer();
  for (const file of chosen) {
    bag.items.add(await smaller(file)); // one after the other: a phone has little memory
  }
  if (field.files.length === chosen.length) {
    field.files = bag.files;
  }
}
