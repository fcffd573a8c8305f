-- What Neovim's own client gets from `offshoot lsp`, written as JSON to $REPORT.
--
-- Reads: PROGRAM, ROOT, RUN (a workflow that runs), DONE (a file that its last step makes). The file given to Neovim is
-- a workflow with a mistake on line MISTAKE, which is mended by MENDED.
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

local function ended()
  local last = report.progress[#report.progress]
  return last and last.value.kind == 'end'
end

local function main()
  local id = session()

  wait('a problem', function() return #vim.diagnostic.get(0) > 0 end)
  report.problems = vim.tbl_map(place, vim.diagnostic.get(0))
  local mistake = tonumber(os.getenv('MISTAKE'))
  vim.api.nvim_buf_set_lines(0, mistake - 1, mistake, true, { os.getenv('MENDED') })
  wait('no problem', function() return #vim.diagnostic.get(0) == 0 end)

  local run = vim.uri_from_fname(os.getenv('RUN'))
  report.started = request('workspace/executeCommand', { command = 'offshoot.runWorkflow', arguments = { { workflow = run } } })
  wait('the end of the run', function() return vim.loop.fs_stat(os.getenv('DONE')) end)

  vim.lsp.stop_client(id)
  wait('the end of the server', function() return report.exit end)
end

local fine, trouble = xpcall(main, debug.traceback)
if not fine then report.trouble = trouble end
local file = assert(io.open(os.getenv('REPORT'), 'w'))
file:write(vim.json.encode(report))
file:close()
vim.cmd('qa!')
