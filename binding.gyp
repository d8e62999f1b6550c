{
  # node-gyp and prebuildify ask here; the build itself is CMakeLists.txt.
  "targets": [
    {
      "target_name": "torch_node",
      "type": "none",
      "actions": [
        {
          "action_name": "cmake",
          "inputs": ["CMakeLists.txt"],
          "outputs": ["<(PRODUCT_DIR)/torch_node.node"],
          "action": ["node", "scripts/build.mjs", "--out", "<(PRODUCT_DIR)"]
        }
      ]
    }
  ]
}
