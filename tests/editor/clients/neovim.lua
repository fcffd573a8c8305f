-- What Neovim's own client gets from `offshoot lsp`, written as JSON to $REPORT.
--
-- Reads: PROGRAM, ROOT, FINE and SLOW (workflows: one that ends, one that does not). The file given to Neovim is a
-- workflow with a mistake on line MISTAKE, which is mended by MENDED; COMPLETED is a character of that line.
local report = { progress = {} }
local limit = 60000

local function wait(what, look)
  if not vim.wait(limit, look, 20) then error('waited in vain for ' .. what) end
end

local function place(problem)
  return {
    line = problem.lnum + 1,
    column = problem.col + 1,
    severity = problem.severity,
    source = problem.source,
    -- Neovim before 0.8 keeps the code in what the server sent.
    code = problem.code or vim.tbl_get(problem, 'user_data', 'lsp', 'code'),
    message = problem.message,
  }
end

local function session()
  local capabilities = vim.lsp.protocol.make_client_capabilities()
  capabilities.window.workDoneProgress = true
  local shown = vim.lsp.handlers['$/progress']
  local id = vim.lsp.start_client({
    name = 'offshoot',
    cmd = { os.getenv('PROGRAM'), 'lsp' },
    root_dir = os.getenv('ROOT'),
    capabilities = capabilities,
    handlers = {
      ['$/progress'] = function(err, result, context, config)
        table.insert(report.progress, { token = result.token, value = result.value })
        return shown(err, result, context, config)
      end,
    },
    on_exit = function(code) report.exit = code end,
  })
  vim.lsp.buf_attach_client(0, id)
  wait('the server', function()
    local client = vim.lsp.get_client_by_id(id)
    return client and client.initialized
  end)
  return id
end

local function request(method, params)
  local answers, err = vim.lsp.buf_request_sync(0, method, params, limit)
  assert(answers, err)
  local _, answer = next(answers)
  assert(not answer.err, vim.inspect(answer.err))
  return answer.result
end

local function start(workflow)
  local argument = { workflow = vim.uri_from_fname(workflow) }
  return request('workspace/executeCommand', { command = 'offshoot.runWorkflow', arguments = { argument } }).run_id
end

-- The last that was said about a run, where it is of this kind.
local function said(run, kind)
  for index = #report.progress, 1, -1 do
    local told = report.progress[index]
    if told.token:find(run, 1, true) then return told.value.kind == kind and told end
  end
end

local function main()
  local id = session()

  wait('a problem', function() return #vim.diagnostic.get(0) > 0 end)
  report.problems = vim.tbl_map(place, vim.diagnostic.get(0))
  local mistake = tonumber(os.getenv('MISTAKE'))
  vim.api.nvim_buf_set_lines(0, mistake - 1, mistake, true, { os.getenv('MENDED') })
  wait('no problem', function() return #vim.diagnostic.get(0) == 0 end)

  local position = { line = mistake - 1, character = tonumber(os.getenv('COMPLETED')) }
  local offered = request('textDocument/completion', { textDocument = { uri = vim.uri_from_bufnr(0) }, position = position })
  report.offered = vim.tbl_map(function(item) return item.label end, offered.items or offered)

  local fine = start(os.getenv('FINE'))
  wait('the end of a run', function() return said(fine, 'end') end)
  local slow = start(os.getenv('SLOW'))
  wait('a run to begin', function() return said(slow, 'begin') end)
  vim.lsp.get_client_by_id(id).notify('window/workDoneProgress/cancel', { token = said(slow, 'begin').token })
  wait('the end of a cancelled run', function() return said(slow, 'end') end)
  report.runs = { fine = fine, slow = slow }

  vim.lsp.stop_client(id)
  wait('the end of the server', function() return report.exit end)
end

local fine, trouble = xpcall(main, debug.traceback)
if not fine then report.trouble = trouble end
local file = assert(io.open(os.getenv('REPORT'), 'w'))
file:write(vim.json.encode(report))
file:close()
vim.cmd('qa!')
